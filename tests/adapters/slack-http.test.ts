import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { slackManifest } from "../../adapters/slack/manifest.ts";
import { createSlackAdapter } from "../../adapters/slack/slack.ts";
import type { ChatAdapter } from "../../src/chat.ts";
import { createSlack, type Slack } from "../world/slack/slack.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";
import { silent } from "./slack-platform.ts";

const never = new AbortController().signal;

let slack: Slack;
let adapter: ChatAdapter;
let inbox: RecordingInbox;
let server: Server;
let url: string;
let ana: string;
let general: string;

beforeEach(async () => {
  slack = await createSlack({ manifest: slackManifest() });
  ana = slack.person("ana").id;
  general = slack.channel("general").id;
  inbox = recordingInbox();
  const { bot: botToken, signingSecret } = slack.tokens;
  adapter = createSlackAdapter({ botToken, signingSecret, apiUrl: slack.apiUrl, log: silent });
  server = createServer((request, response) => {
    const route = adapter.routes?.find(({ method, path }) => method === request.method && path === request.url);
    if (route) route.answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
});

afterEach(async () => {
  await adapter.stop();
  await slack.stop();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
});

/** Sends something as Slack would, signed now. */
async function send(body: string | Buffer, type = "application/json") {
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac("sha256", slack.tokens.signingSecret).update(`v0:${at}:`).update(body).digest("hex");
  const headers = { "content-type": type, "x-slack-request-timestamp": at, "x-slack-signature": `v0=${signature}` };
  const answer = await fetch(url, { method: "POST", headers, body });
  return { status: answer.status, text: await answer.text() };
}

describe("the Slack adapter over HTTP", () => {
  it("answers Slack's challenge, hears a mention, answers it, and is told of commands and presses", async () => {
    await adapter.start(inbox, never);
    expect(adapter.state()).toEqual({ state: "connected" });
    await slack.deliverTo(url);
    slack.say(ana, general, "@Bellhop what time is it?");
    const message = await inbox.message("what time is it?");
    const card = { buttons: [{ id: "again", text: "Again", value: "7" }] };
    const posted = await adapter.post(message.answerAt, { text: "noon", card }, { id: "r1", since: Date.now() });
    await slack.press(ana, posted.id, "Again");
    expect((await inbox.next("press")).press).toMatchObject({ id: "again", value: "7", message: posted.id });
    await slack.command(ana, general, "/ask", "ops why?");
    expect((await inbox.next("command")).command).toMatchObject({ name: "ask", text: "ops why?" });
    expect(slack.ephemerals(ana, general)).toEqual([]);
    expect(slack.violations).toEqual([]);
  });

  it("is told of shortcuts, forms and pages too, and closes a form that was sent off", async () => {
    await adapter.start(inbox, never);
    await slack.deliverTo(url);
    const { ts } = slack.say(ana, general, "the build is red");
    await slack.shortcut(ana, "ask-about", ts);
    const { shortcut } = await inbox.next("shortcut");
    const inputs = [{ kind: "text", id: "question", label: "Question", lines: "one" } as const];
    await adapter.open?.(shortcut.whisper, { id: "ask-about", title: "Ask", inputs, submit: "Ask" });
    await slack.submit(ana, { Question: "why?" });
    expect((await inbox.next("submit")).submit.values).toEqual({ question: "why?" });
    expect(slack.views(ana)).toEqual([]);
    slack.openHome(ana);
    expect((await inbox.next("opened")).what).toBe("home");
    expect(slack.violations).toEqual([]);
  });

  it("acknowledges only what was journalled; Slack sends the rest again", async () => {
    await adapter.start(inbox, never);
    await slack.deliverTo(url);
    inbox.refuseNext();
    slack.say(ana, general, "keep this");
    await inbox.message("keep this");
    await slack.until(() => slack.pending() === 0);
    expect(slack.violations).toEqual([expect.stringContaining("HTTP 500")]);
  });

  it("hears nothing that is not signed by Slack, just now", async () => {
    await adapter.start(inbox, never);
    const requests = await slack.deliverTo(url);
    const payload = {
      type: "event_callback",
      event: { type: "message", channel: general, user: ana, text: "forged", ts: "1700000000.000100" },
    };
    expect(await requests.forge(payload, { secret: "guessed" })).toBe(401);
    expect(await requests.forge(payload, { offBy: -301 })).toBe(401);
    expect(await requests.forge(payload, { offBy: 301 })).toBe(401);
    expect(await requests.forge(payload, { without: ["x-slack-signature"] })).toBe(401);
    expect(await requests.forge(payload, { without: ["x-slack-request-timestamp"] })).toBe(401);
    expect(inbox.heard).toEqual([]);
    expect(await requests.forge(payload, {})).toBe(200);
    expect(inbox.heard).toHaveLength(1);
  });

  it("gives what is replayed the same key", async () => {
    await adapter.start(inbox, never);
    const requests = await slack.deliverTo(url);
    slack.say(ana, general, "once");
    await inbox.message("once");
    const [sent] = requests.sent;
    if (sent) expect(await requests.replay(sent)).toBe(200);
    expect(inbox.heard).toHaveLength(1);
  });

  it.each([
    ["not JSON", "{", "application/json", 400],
    ["a JSON list", "[]", "application/json", 400],
    ["a form with a broken payload", "payload=%7B", "application/x-www-form-urlencoded", 400],
    ["Slack's check of the certificate", "ssl_check=1&token=x", "application/x-www-form-urlencoded", 200],
    ["a rate notice", JSON.stringify({ type: "app_rate_limited" }), "application/json", 200],
    ["a command nobody knows", "command=%2Fnope&text=", "application/x-www-form-urlencoded", 200],
    [
      "an interaction nobody knows",
      "payload=%7B%22type%22%3A%22shortcut%22%7D",
      "application/x-www-form-urlencoded",
      200,
    ],
  ])("answers %s", async (_, body, type, status) => {
    await adapter.start(inbox, never);
    expect((await send(body, type)).status).toBe(status);
    expect(inbox.heard).toEqual([]);
  });

  it("passes on a command that is new to it, for the bot to answer", async () => {
    await adapter.start(inbox, never);
    const form = new URLSearchParams({
      command: "/unheard-of",
      text: "x",
      channel_id: general,
      user_id: ana,
      trigger_id: "1.2.3",
      team_id: slack.team.id,
    });
    expect(await send(form.toString(), "application/x-www-form-urlencoded")).toEqual({ status: 200, text: "" });
    expect((await inbox.next("command")).command.name).toBe("unheard-of");
  });

  it("takes at most 4 MB", async () => {
    await adapter.start(inbox, never);
    const answer = await send(Buffer.alloc(4 * 1024 * 1024 + 1)).catch(() => ({ status: 413 }));
    expect(answer.status).toBe(413);
  });

  it("asks Slack to come again while it is not listening", async () => {
    const body = JSON.stringify({ type: "event_callback", event: { type: "message" } });
    expect((await send(body)).status).toBe(503);
    await adapter.start(inbox, never);
    expect((await send(body)).status).toBe(200);
    await adapter.quiet();
    expect((await send(body)).status).toBe(503);
  });

  it("needs no socket", async () => {
    await adapter.start(inbox, never);
    expect(slack.sockets.opened).toBe(0);
  });
});
