import { App, LogLevel, type types, type ViewResponseAction } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createSlack } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function setUp() {
  const slack = await createSlack();
  open.push(slack);
  const clientOptions = { slackApiUrl: slack.apiUrl };
  const { bot: token, app: appToken } = slack.tokens;
  const app = new App({ token, appToken, socketMode: true, logLevel: LogLevel.ERROR, clientOptions });
  open.push(app);
  await app.start();
  return { slack, app, ana: slack.person("ana"), general: slack.channel("general") };
}

const plain = (text: string) => ({ type: "plain_text" as const, text });
const modal = (title: string, more: Partial<types.ModalView> = {}): types.ModalView => ({
  type: "modal",
  callback_id: "m",
  title: plain(title),
  submit: plain("Next"),
  blocks: [],
  ...more,
});

async function withModal(answer: (title: string) => ViewResponseAction | undefined, view = modal("first")) {
  const world = await setUp();
  const { slack, app, ana, general } = world;
  app.command("/open", async ({ ack, command, client }) => {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view });
  });
  app.view("m", async ({ ack, view }) => {
    const response = answer(view.title.text);
    if (response) await ack(response);
    else await ack();
  });
  await slack.command(ana, general, "/open");
  await slack.until(() => slack.views(ana).length === 1);
  return { ...world, titles: () => slack.views(ana).map(({ title }) => title) };
}

test("a submitted modal can be replaced, another put on top, and all cleared", async () => {
  const { slack, ana, titles } = await withModal((title) => {
    if (title === "first") return { response_action: "update", view: modal("second") };
    if (title === "second") return { response_action: "push", view: modal("third") };
    return { response_action: "clear" };
  });
  await slack.submit(ana);
  expect(titles()).toEqual(["second"]);
  await slack.submit(ana);
  expect(titles()).toEqual(["second", "third"]);
  await slack.submit(ana);
  expect(titles()).toEqual([]);
  expect(slack.violations).toEqual([]);
});

test("errors for what is no input, and views Slack would not show, are noted", async () => {
  const { slack, ana, titles } = await withModal((title) =>
    title === "first" ? { response_action: "update", view: modal("x".repeat(25)) } : undefined,
  );
  await slack.submit(ana);
  expect(titles()).toEqual(["first"]);
  expect(slack.violations).toEqual([
    expect.stringMatching(
      /the answer to a submission was refused: .*less than 25 characters \[json-pointer:\/view\/title/,
    ),
  ]);
});

test("closing a modal is told to an app that asked for it", async () => {
  const { slack, app, ana, titles } = await withModal(() => undefined, modal("first", { notify_on_close: true }));
  const closed: string[] = [];
  app.view({ type: "view_closed", callback_id: "m" }, async ({ ack, view }) => {
    await ack();
    closed.push(view.title.text);
  });
  await slack.close(ana);
  expect([titles(), closed]).toEqual([[], ["first"]]);
});

test("inputs of every kind are filled in as people would", async () => {
  const options = ["daily", "weekly"].map((value) => ({ text: plain(value), value }));
  const input = (label: string, element: object) => ({ type: "input", block_id: label, label: plain(label), element });
  const blocks = [
    input("Often", { type: "static_select", action_id: "x", options }),
    input("Days", { type: "checkboxes", action_id: "x", options }),
    input("From", { type: "datepicker", action_id: "x", initial_date: "2026-11-23" }),
    input("Who", { type: "users_select", action_id: "x" }),
    input("Where", { type: "conversations_select", action_id: "x" }),
  ];
  const view = { ...modal("first"), blocks } as types.ModalView;
  const { slack, app, ana, general } = await withModal(() => undefined, view);
  let state: object = {};
  app.use(async ({ body, next }) => {
    if ("view" in body && body.view) state = body.view.state.values;
    await next();
  });
  await slack.submit(ana, { Often: "weekly", Days: ["daily", "weekly"], Who: ana.id, Where: general.id });
  expect(state).toMatchObject({
    Often: { x: { type: "static_select", selected_option: { value: "weekly" } } },
    Days: { x: { selected_options: [{ value: "daily" }, { value: "weekly" }] } },
    From: { x: { selected_date: "2026-11-23" } },
    Who: { x: { selected_user: ana.id } },
    Where: { x: { selected_conversation: general.id } },
  });
});

test("an external select offers what the app suggests", async () => {
  const { slack, app, ana, general } = await setUp();
  app.options("agent", async ({ ack, payload }) => {
    await ack({ options: [{ text: plain(`${payload.value}s`), value: "ops" }] });
  });
  const accessory = { type: "external_select", action_id: "agent" } as const;
  const block = { type: "section", text: plain("who?"), accessory } as const;
  await app.client.chat.postMessage({ channel: general.id, text: "who?", blocks: [block] });
  const ts = slack.messages(general)[0]?.ts ?? "";
  expect(await slack.suggestions(ana, ts, "agent", "op")).toMatchObject([{ text: { text: "ops" }, value: "ops" }]);
});

test("a feedback button is pressed like any other", async () => {
  const { slack, app, ana, general } = await setUp();
  const values: unknown[] = [];
  app.action("feedback", async ({ ack, action }) => {
    await ack();
    values.push("value" in action && action.value);
  });
  const element = {
    type: "feedback_buttons",
    action_id: "feedback",
    positive_button: { text: plain("Good"), value: "up" },
    negative_button: { text: plain("Bad"), value: "down" },
  } as const;
  const blocks = [{ type: "context_actions" as const, elements: [element] }];
  await app.client.chat.postMessage({ channel: general.id, text: "x", blocks });
  await slack.press(ana, slack.messages(general)[0]?.ts ?? "", "Bad");
  expect(values).toEqual(["down"]);
});

test("another bot's posts carry its bot_id; someone from another company their team", async () => {
  const { slack, app } = await setUp();
  const heard: object[] = [];
  app.event("message", async ({ event }) => void heard.push(event));
  const robot = slack.person("Robot", { bot: true });
  const eve = slack.person("eve", { external: true });
  const shared = slack.channel("shared", { shared: true });
  slack.say(robot, shared, "beep");
  slack.say(eve, shared, "hi");
  await slack.until(() => heard.length === 2);
  expect(heard[0]).toMatchObject({ user: robot.id, bot_id: robot.botId });
  expect(heard[0]).not.toHaveProperty("client_msg_id");
  expect(heard[1]).toMatchObject({ user: eve.id, team: eve.team });
  expect(eve.team).not.toBe(slack.team.id);
  const { user } = await app.client.users.info({ user: eve.id });
  expect(user).toMatchObject({ team_id: eve.team, is_stranger: true });
});

test("a link's preview changes a message without an edit", async () => {
  const { slack, app, ana, general } = await setUp();
  const changes: object[] = [];
  app.event("message", async ({ event }) => {
    if (event.subtype === "message_changed") changes.push(event.message);
  });
  const said = slack.say(ana, general, "see https://example.com");
  slack.unfurl(said, "https://example.com");
  await slack.until(() => changes.length === 1);
  expect(changes[0]).toMatchObject({
    text: "see <https://example.com>",
    attachments: [{ from_url: "https://example.com" }],
  });
  expect(changes[0]).not.toHaveProperty("edited");
});

test("what somebody looks at is told as context", async () => {
  const { slack, app, ana, general } = await setUp();
  const values: unknown[] = [];
  app.event("app_context_changed", async ({ event }) => void values.push(event.context.entities?.[0]?.value));
  slack.lookAt(ana, general);
  await slack.until(() => values.length === 1);
  expect(values).toEqual([general.id]);
});

test("the small methods answer", async () => {
  const { slack, app, ana } = await setUp();
  const { client } = app;
  const group = slack.userGroup("crew", [ana]);
  expect((await client.team.info({})).team).toMatchObject({ id: slack.team.id, name: "Acme" });
  expect((await client.emoji.list({})).emoji).toEqual({});
  expect((await client.bots.info({ bot: slack.bot.botId })).bot).toMatchObject({ user_id: slack.bot.userId });
  expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
    { handle: "crew", users: [ana.id] },
  ]);
  expect((await client.usergroups.users.list({ usergroup: group.id })).users).toEqual([ana.id]);
  expect((await client.users.lookupByEmail({ email: "ana@example.com" })).user?.id).toBe(ana.id);
  await expect(client.api.test({ error: "x" })).rejects.toMatchObject({ data: { error: "x" } });
});

test("a wait that fails tells what was there instead", async () => {
  const { slack, ana, general } = await setUp();
  slack.say(ana, general, "hello");
  await expect(slack.until(() => false, 10)).rejects.toThrow(/not seen within 10 ms[\s\S]*#general[\s\S]*ana: hello/);
});

test("what people cannot do is the test's mistake, and said so", async () => {
  const { slack, app, ana, general } = await setUp();
  const tom = slack.person("tom");
  const room = slack.channel("room", { members: [tom], archived: true });
  expect(() => slack.say(ana, room, "hi")).toThrow("archived");
  slack.unarchive(room, tom);
  expect(() => slack.say(ana, room, "hi")).toThrow("not in #room");
  expect(() => slack.say(ana, general, "hi", { thread: "1700000000.000100" })).toThrow("to reply to");
  expect(() => slack.say(ana, "C0NOWHERE", "hi")).toThrow("no channel");
  expect(() => slack.edit("1.1", "x")).toThrow("no message");
  const secret = slack.channel("secret", { private: true, members: [tom] });
  const button = { type: "button", action_id: "go", text: plain("Go") } as const;
  const blocks = [{ type: "actions" as const, elements: [button] }];
  await app.client.chat.postMessage({ channel: secret.id, text: "x", blocks });
  await app.client.chat.postEphemeral({ channel: secret.id, user: tom.id, text: "x", blocks });
  for (const { ts } of [...slack.messages(secret), ...slack.ephemerals(tom, secret)]) {
    await expect(slack.press(ana, ts, "Go")).rejects.toThrow("does not see that");
  }
  await expect(slack.submit(ana)).rejects.toThrow("no such modal");
});

test("a message that somebody passes on comes along as an attachment, with its files", async () => {
  const { slack, app, ana, general } = await setUp();
  const told: Record<string, unknown>[] = [];
  app.message(async ({ message }) => void told.push({ ...message }));
  const shared = slack.say(ana, general, "the *plan*", { files: [{ name: "plan.txt", content: "1 2 3" }] });
  slack.share(ana, shared, slack.dm(ana), "what is this?");
  await slack.until(() => told.length === 2);
  expect(told[1]).toMatchObject({
    text: "what is this?",
    attachments: [{ is_share: true, author_id: ana.id, author_name: "ana", text: "the *plan*", files: [{}] }],
  });
  const other = slack.person("other");
  const closed = slack.channel("closed", { private: true, members: [ana] });
  const secret = slack.say(ana, closed, "secret");
  expect(() => slack.share(other, secret, slack.dm(other))).toThrow("does not see");
});

test("a mention that an edit puts in is told by an app_mention as well, or not", async () => {
  const { slack, app, ana, general } = await setUp();
  const mentions: unknown[] = [];
  app.event("app_mention", async ({ event }) => void mentions.push(event));
  for (let n = 0; n < 12; n++) slack.edit(slack.say(ana, general, "hi"), "hi @Bellhop");
  await slack.until(() => slack.pending() === 0);
  expect(mentions.length).toBeGreaterThan(0);
  expect(mentions.length).toBeLessThan(12);
  expect(mentions[0]).toMatchObject({ edited: { user: ana.id } });
});

test("strangers can be unknown, and files be of another workspace, a canvas or kept elsewhere", async () => {
  const { slack, app, general } = await setUp();
  const stranger = slack.person("eve", { hidden: true });
  slack.join(stranger, general);
  await expect(app.client.users.info({ user: stranger.id })).rejects.toThrow("user_not_found");
  const told: { files?: Record<string, unknown>[] }[] = [];
  app.message(async ({ message }) => void told.push(message as { files?: Record<string, unknown>[] }));
  const kinds = ["elsewhere", "canvas", "external", "voice"] as const;
  slack.say(stranger, general, "see", { files: kinds.map((kind) => ({ name: `${kind}.txt`, content: "x", kind })) });
  await slack.until(() => told.length === 1);
  const [elsewhere, canvas, external, voice] = told[0]?.files ?? [];
  expect(elsewhere).toEqual({ id: elsewhere?.id, mode: "file_access", file_access: "check_file_info" });
  expect(canvas).toMatchObject({ title: "canvas.txt", mimetype: "application/vnd.slack-docs" });
  expect(canvas).not.toHaveProperty("name");
  expect(external).toMatchObject({ is_external: true, url_private: "https://files.example/external.txt" });
  expect(voice).toMatchObject({ subtype: "slack_audio", mimetype: "audio/webm" });
});
