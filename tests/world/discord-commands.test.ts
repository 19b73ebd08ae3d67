import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDiscord, type Discord } from "./discord/discord.ts";
import { complaints, rest } from "./discord/raw-bot.ts";

let discord: Discord;
beforeAll(async () => {
  discord = await createDiscord({ limits: "off" });
});
afterAll(() => discord.stop());

const x = (length: number) => "x".repeat(length);

describe("commands are refused", () => {
  const register = (...commands: unknown[]) =>
    rest(discord, "PUT", `/applications/${discord.bot.applicationId}/commands`, commands);
  const command = (more: object = {}) => ({ name: "ask", description: "d", ...more });
  const option = (more: object = {}) => ({ type: 3, name: "o", description: "d", ...more });
  const cases: [string, unknown[], string][] = [
    ["in upper case", [command({ name: "Ask" })], "0.name APPLICATION_COMMAND_INVALID_NAME"],
    ["with a space", [command({ name: "a b" })], "0.name APPLICATION_COMMAND_INVALID_NAME"],
    ["with a name over 32", [command({ name: x(33) })], "0.name BASE_TYPE_BAD_LENGTH"],
    ["without description", [{ name: "ask" }], "0.description BASE_TYPE_REQUIRED"],
    ["with a description over 100", [command({ description: x(101) })], "0.description BASE_TYPE_BAD_LENGTH"],
    [
      "with 26 options",
      [command({ options: Array.from({ length: 26 }, (_, at) => option({ name: `o${at}` })) })],
      "0.options BASE_TYPE_MAX_LENGTH",
    ],
    [
      "with a required option after another",
      [command({ options: [option(), option({ name: "p", required: true })] })],
      "0.options.1.required APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ],
    [
      "with an option twice",
      [command({ options: [option(), option()] })],
      "0.options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ],
    [
      "with sub-commands beside options",
      [command({ options: [option(), option({ type: 1, name: "s" })] })],
      "0.options APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ],
    [
      "with choices that are also suggested",
      [command({ options: [option({ autocomplete: true, choices: [{ name: "a", value: "a" }] })] })],
      "0.options.0.choices APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
    ],
    [
      "with 26 choices",
      [
        command({
          options: [option({ choices: Array.from({ length: 26 }, (_, at) => ({ name: `${at}`, value: `${at}` })) })],
        }),
      ],
      "0.options.0.choices BASE_TYPE_MAX_LENGTH",
    ],
    [
      "in a language that is none",
      [command({ name_localizations: { tw: "a" } })],
      "0.name_localizations.tw INVALID_LOCALE",
    ],
    ["twice of a name", [command(), command()], "1.name APPLICATION_COMMANDS_DUPLICATE_NAME"],
    [
      "over 8,000 characters",
      [
        command({
          options: Array.from({ length: 25 }, (_, at) =>
            option({
              name: `o${at}`,
              choices: Array.from({ length: 4 }, (_, n) => ({ name: x(60) + n, value: x(20) + n })),
            }),
          ),
        }),
      ],
      "0 APPLICATION_COMMAND_TOO_LARGE",
    ],
    [
      "in a menu with a description",
      [{ name: "Ask", type: 3, description: "d" }],
      "0.description APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
    ],
  ];
  it.each(cases)("%s", async (_, commands, complaint) => {
    const { body } = await register(...commands);
    expect({ code: body.code, complaints: complaints(body.errors) }).toEqual({ code: 50035, complaints: [complaint] });
  });

  it("never when they are in Chinese, or a menu's in mixed case", async () => {
    const chinese = { "zh-TW": "問" };
    expect(
      (await register(command({ name_localizations: chinese }), { name: "Ask an agent about this", type: 3 })).status,
    ).toBe(200);
    expect(
      (await register(command({ name_localizations: chinese }), { name: "Ask an agent about this", type: 3 })).status,
    ).toBe(200);
    expect(discord.violations.splice(0).map(({ rule }) => rule)).toEqual(["commands registered again"]);
  });

  it("over 100 of a kind, and over 200 new ones", async () => {
    const many = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, at) => command({ name: `${prefix}${at}` }));
    expect((await register(...many("a", 101))).body.code).toBe(30032);
    expect((await register(...many("a", 100))).status).toBe(200);
    expect((await register(...many("b", 100))).body.code).toBe(30034);
  });
});
