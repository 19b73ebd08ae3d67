import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { botScopes, createAppUrl, missingScopes, slackManifest } from "../../adapters/slack/manifest.ts";
import { methods } from "../../adapters/slack/wire.ts";
import { commandsIn, shortcutsIn } from "../../src/words/commands.ts";
import { wordsOf } from "../../src/words/words.ts";
import { METHODS } from "../world/slack/web-api/methods.ts";

const schemaFile = "../shared/data/slack-manifest.schema.json";

describe("the manifest of the Slack app", () => {
  it("is one that Slack's own schema accepts, for Socket Mode and for HTTP", ({ skip }) => {
    if (!existsSync(schemaFile)) {
      console.warn(`SKIPPED: ${schemaFile} is not here, the manifest was not held against Slack's schema`);
      return skip();
    }
    const schema = z.fromJSONSchema(JSON.parse(readFileSync(schemaFile, "utf8")));
    expect(schema.safeParse({ display_information: { nome: "x" } }).success).toBe(false);
    for (const manifest of [slackManifest(), slackManifest({ name: "Porter", publicUrl: "https://bot.example.com" })]) {
      expect(schema.safeParse(manifest).error).toBeUndefined();
    }
  });

  it("needs no address for Socket Mode, and has one everywhere for HTTP", () => {
    expect(JSON.stringify(slackManifest())).not.toContain("url");
    const http = slackManifest({ publicUrl: "https://bot.example.com" });
    const url = "https://bot.example.com/slack/events";
    expect(http.settings.socket_mode_enabled).toBe(false);
    expect(http.settings.event_subscriptions).toMatchObject({ request_url: url });
    expect(http.settings.interactivity).toMatchObject({ request_url: url });
    for (const command of http.features.slash_commands) expect(command).toMatchObject({ url });
  });

  it("offers the commands and shortcuts there are, as they are told of everywhere", () => {
    const { slash_commands: commands, shortcuts } = slackManifest().features;
    const words = wordsOf("en");
    expect(commands.map(({ command, description, usage_hint: hint = "" }) => [command, description, hint])).toEqual(
      commandsIn(words).map(({ name, does, usage }) => [`/${name}`, does, usage]),
    );
    expect(shortcuts.map(({ type, callback_id: id, name }) => [type, id, name])).toEqual(
      shortcutsIn(words).map(({ name, title }) => ["message", name, title]),
    );
    for (const language of ["en", "zh-TW"] as const) {
      for (const { title } of shortcutsIn(wordsOf(language))) expect(title.length).toBeLessThanOrEqual(24);
    }
  });

  it("has a home page, and something to begin with in DMs", () => {
    const { app_home: home, agent_view: agent } = slackManifest().features;
    expect(home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    });
    expect(agent.suggested_prompts.length).toBeGreaterThan(0);
  });

  it("is an agent's, with the stop control", () => {
    const { features, settings } = slackManifest();
    expect(features.agent_view).toBeDefined();
    expect(settings.event_subscriptions.bot_events).toContain("agent_session_stopped");
  });

  it("asks for every scope that the methods in use need, and says which were not granted", () => {
    for (const method of methods) {
      const { scopes } = METHODS.get(method) ?? {};
      expect(METHODS.has(method), method).toBe(true);
      if (scopes)
        expect(
          scopes.filter((scope) => botScopes.includes(scope)),
          method,
        ).not.toEqual([]);
    }
    expect(missingScopes(botScopes)).toEqual([]);
    expect(missingScopes(botScopes.filter((scope) => scope !== "files:read"))).toEqual(["files:read"]);
  });

  it("makes an address that carries the whole manifest and is short enough", () => {
    const url = createAppUrl();
    expect(url.length).toBeLessThan(4_500);
    expect(JSON.parse(new URL(url).searchParams.get("manifest_json") ?? "")).toEqual(slackManifest());
  });
});
