import { App, LogLevel, type SlackEventMiddlewareArgs } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createManualClock } from "./slack/clock.ts";
import { createSlack, type SlackOptions } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function setUp(options?: SlackOptions & { ignoreSelf?: boolean }) {
  const slack = await createSlack(options);
  open.push(slack);
  const app = new App({
    token: slack.tokens.bot,
    appToken: slack.tokens.app,
    socketMode: true,
    ignoreSelf: options?.ignoreSelf ?? true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  open.push(app);
  const heard: SlackEventMiddlewareArgs<"message">["event"][] = [];
  app.event("message", async ({ event }) => void heard.push(event));
  await app.start();
  const ana = slack.person("ana");
  const tom = slack.person("tom");
  const general = slack.channel("general");
  return { slack, app, heard, ana, tom, general };
}

test("a mention reaches a real Bolt app over Socket Mode and is answered in its thread", async () => {
  const { slack, app, ana, general } = await setUp();
  app.event("app_mention", async ({ event, say }) => {
    await say({ text: `you said ${event.text}`, thread_ts: event.thread_ts ?? event.ts });
  });
  const asked = slack.say(ana, general, "@Bellhop hi <b> & *c*");
  const answer = await slack.until(() => slack.messages(general, asked).find((message) => message.byApp));
  expect(answer.text).toBe(`you said <@${slack.bot.userId}> hi &lt;b&gt; &amp; *c*`);
  await slack.until(() => slack.pending() === 0);
  expect(slack.violations).toEqual([]);
});

test("one mention is a message and an app_mention: same ts, different event ids; in a DM only a message", async () => {
  const { slack, app, ana, general } = await setUp();
  const seen: { type: string; ts: string; id: string }[] = [];
  app.use(async ({ body, next }) => {
    if ("event" in body) seen.push({ type: body.event.type, ts: body.event.ts, id: body.event_id });
    await next();
  });
  const asked = slack.say(ana, general, "@Bellhop hi");
  await slack.until(() => seen.length === 2);
  expect(seen.map(({ type }) => type).sort()).toEqual(["app_mention", "message"]);
  expect(new Set(seen.map(({ ts }) => ts))).toEqual(new Set([asked.ts]));
  expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
  slack.say(ana, slack.dm(ana), "@Bellhop hi");
  slack.inviteBot(slack.channel("new", { botIsMember: false }), ana);
  await slack.until(() => slack.pending() === 0);
  expect(seen.map(({ type }) => type).slice(2)).toEqual(["message", "member_joined_channel"]);
});

test("the app's own posts come back to it with its bot_id", async () => {
  const { slack, app, heard, general } = await setUp({ ignoreSelf: false });
  const { ts = "" } = await app.client.chat.postMessage({ channel: general.id, text: "hello" });
  await slack.until(() => heard.some((event) => event.ts === ts));
  expect(heard[0]).toMatchObject({ bot_id: slack.bot.botId, user: slack.bot.userId, channel_type: "channel" });
});

test("edits, deletions, reactions, joins and removals are told", async () => {
  const { slack, app, heard, ana, tom, general } = await setUp();
  const others: string[] = [];
  app.event("reaction_added", async ({ event }) => void others.push(`${event.reaction} ${event.user}`));
  app.event("member_joined_channel", async ({ event }) => void others.push(`joined ${event.user}`));
  app.event("channel_left", async ({ event }) => void others.push(`left ${event.channel}`));
  const said = slack.say(ana, general, "hi");
  slack.edit(said, "hello");
  slack.react(tom, said, ":eyes:");
  slack.delete(said);
  const kim = slack.person("kim");
  slack.join(kim, general);
  slack.kickBot(general, tom);
  slack.say(ana, general, "now alone");
  await slack.until(() => slack.pending() === 0);
  expect(heard.map((event) => event.subtype ?? "new")).toEqual([
    "new",
    "message_changed",
    "message_deleted",
    "channel_join",
  ]);
  expect(heard[1]).toMatchObject({ message: { text: "hello", ts: said.ts }, previous_message: { text: "hi" } });
  expect(heard[2]).toMatchObject({ deleted_ts: said.ts });
  expect(others).toEqual([`eyes ${tom.id}`, `joined ${kim.id}`, `left ${general.id}`]);
});

test("only subscribed events of granted scopes are sent", async () => {
  const { slack, heard, ana, general } = await setUp({ events: ["message.channels", "message.im"] });
  slack.removeScope("im:history");
  slack.say(ana, slack.dm(ana), "a DM");
  slack.say(ana, slack.channel("crew", { private: true }), "in private");
  slack.say(ana, slack.channel("elsewhere", { botIsMember: false }), "elsewhere");
  slack.say(ana, general, "in public");
  await slack.until(() => slack.pending() === 0 && heard.length > 0);
  expect(heard).toMatchObject([{ text: "in public" }]);
});

test("a file comes with the message, not with the mention", async () => {
  const { slack, app, heard, ana, general } = await setUp();
  const mentions: object[] = [];
  app.event("app_mention", async ({ event }) => void mentions.push(event));
  slack.say(ana, general, "@Bellhop read this", { files: [{ name: "notes.txt", content: "hello" }] });
  await slack.until(() => heard.length === 1 && mentions.length === 1);
  expect(heard[0]).toMatchObject({
    subtype: "file_share",
    files: [{ name: "notes.txt", mimetype: "text/plain", size: 5 }],
  });
  expect(mentions[0]).not.toHaveProperty("files");
});

test("a slash command is answered privately, in its response_url and in a modal", async () => {
  const { slack, app, ana, general } = await setUp({ commands: [{ command: "/ask", should_escape: true }] });
  app.command("/ask", async ({ command, ack, respond, client }) => {
    await ack({ text: `on it: ${command.text}` });
    await respond({ text: "for all", response_type: "in_channel" });
    await client.views.open({
      trigger_id: command.trigger_id,
      view: {
        type: "modal",
        callback_id: "asked",
        title: { type: "plain_text", text: "Ask" },
        submit: { type: "plain_text", text: "Send" },
        blocks: [
          {
            type: "input",
            label: { type: "plain_text", text: "Question" },
            element: { type: "plain_text_input", action_id: "q", max_length: 20 },
          },
        ],
      },
    });
  });
  app.view("asked", async ({ ack, view }) => {
    const [block] = Object.keys(view.state.values);
    const said = view.state.values[block ?? ""]?.q?.value;
    if (said === "no") await ack({ response_action: "errors", errors: { [block ?? ""]: "Please ask" } });
    else await ack();
  });
  await slack.command(ana, general, "/ask", "@ana <now>");
  await slack.until(() => slack.views(ana).length === 1);
  expect(slack.ephemerals(ana, general)).toMatchObject([{ text: `on it: <@${ana.id}|ana> &lt;now&gt;` }]);
  expect(slack.messages(general).at(-1)).toMatchObject({ text: "for all", byApp: true });
  await expect(slack.submit(ana, {})).rejects.toThrow('"Question" is required');
  await expect(slack.submit(ana, { Question: "x".repeat(21) })).rejects.toThrow("at most 20");
  await expect(slack.submit(ana, { Answer: "x" })).rejects.toThrow("no input named Answer");
  const wrong = await slack.submit(ana, { Question: "no" });
  expect(Object.values(wrong.errors ?? {})).toEqual(["Please ask"]);
  expect(slack.views(ana)).toHaveLength(1);
  await slack.submit(ana, { Question: "why?" });
  expect(slack.views(ana)).toEqual([]);
  await expect(slack.command(ana, general, "/what")).rejects.toThrow("not a command");
  expect(slack.violations).toEqual([]);
});

test("a button is pressed by its label; the answer replaces the message", async () => {
  const { slack, app, ana, general } = await setUp();
  app.action("approve", async ({ ack, body, action, respond }) => {
    await ack();
    const value = "value" in action ? action.value : "";
    await respond({ text: `approved ${value} by ${body.user.id}`, replace_original: true });
  });
  const button = {
    type: "button",
    action_id: "approve",
    value: "r1",
    text: { type: "plain_text", text: "Approve once" },
  } as const;
  await app.client.chat.postMessage({
    channel: general.id,
    text: "may I?",
    blocks: [{ type: "actions", elements: [button] }],
  });
  const card = slack.messages(general).at(-1);
  expect(card?.buttons).toEqual(["Approve once"]);
  expect(await slack.press(ana, card?.ts ?? "", "Approve once")).toMatchObject({ acked: true });
  await slack.until(() => slack.messages(general).at(-1)?.text === `approved r1 by ${ana.id}`);
  await expect(slack.press(ana, card?.ts ?? "", "Deny")).rejects.toThrow("nothing to press named Deny");
  expect(slack.violations).toEqual([]);
});

test("a select in an ephemeral message is chosen from; the answer takes it away", async () => {
  const { slack, app, ana, general } = await setUp();
  app.action("agent", async ({ ack, action, respond }) => {
    await ack();
    if (action.type === "static_select" && action.selected_option.value === "ops")
      await respond({ delete_original: true });
  });
  const options = ["ops", "research"].map((value) => ({ text: { type: "plain_text" as const, text: value }, value }));
  const accessory = { type: "static_select", action_id: "agent", options } as const;
  const block = { type: "section", text: { type: "mrkdwn", text: "which?" }, accessory } as const;
  await app.client.chat.postEphemeral({ channel: general.id, user: ana.id, text: "which?", blocks: [block] });
  const [asked] = slack.ephemerals(ana, general);
  await slack.choose(ana, asked?.ts ?? "", "agent", "ops");
  await slack.until(() => slack.ephemerals(ana, general).length === 0);
});

test("message shortcuts, App Home and the stop button reach the app", async () => {
  const { slack, app, ana, general } = await setUp();
  const heard: string[] = [];
  app.shortcut("ask_about", async ({ ack, shortcut }) => {
    await ack();
    if (shortcut.type === "message_action") heard.push(`about ${shortcut.message.text}`);
  });
  app.event("app_home_opened", async ({ event, client }) => {
    const text = { type: "mrkdwn" as const, text: "your schedules" };
    await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [{ type: "section", text }] } });
  });
  app.event("agent_session_stopped", async ({ event }) => void heard.push(`stop ${event.streaming_message_ts.length}`));
  const said = slack.say(ana, general, "look");
  await slack.shortcut(ana, "ask_about", said);
  slack.openHome(ana);
  const home = await slack.until(() => slack.views(ana)[0]);
  expect(home).toMatchObject({ type: "home", shown: "your schedules" });
  await app.client.apiCall("agents.sessions.setStatus", {
    channel_id: general.id,
    thread_ts: said.ts,
    status: "processing",
  });
  slack.stopSession(ana, general, said);
  await slack.until(() => heard.length === 2);
  expect(heard).toEqual(["about look", "stop 0"]);
  expect(slack.violations).toEqual([]);
});

test("a command nobody acknowledges fails for the person and is noted", async () => {
  const clock = createManualClock();
  const { slack, ana, general } = await setUp({ clock });
  const typed = slack.command(ana, general, "/ask", "hi");
  await clock.advance(3001);
  expect(await typed).toEqual({ acked: false, why: "timeout" });
  expect(slack.ephemerals(ana, general)[0]?.text).toBe('/ask failed with the error "operation_timeout"');
  expect(slack.violations).toEqual(["command /ask not acknowledged within 3 s"]);
});

const porterManifest = {
  display_information: { name: "Porter" },
  features: {
    bot_user: { display_name: "Porter" },
    slash_commands: [{ command: "/ask", should_escape: true }],
    shortcuts: [{ name: "Ask about this", type: "message", callback_id: "ask_about" }],
  },
  oauth_config: { scopes: { bot: ["app_mentions:read", "channels:history", "chat:write", "commands"] } },
  settings: {
    event_subscriptions: { bot_events: ["app_mention", "message.channels"] },
    interactivity: { is_enabled: true },
  },
};

test("an app installed by its manifest can do and hear what the manifest says", async () => {
  const { slack, app, heard, ana, general } = await setUp({ manifest: porterManifest });
  expect(slack.bot.name).toBe("Porter");
  slack.say(ana, slack.dm(ana), "not heard");
  slack.say(ana, general, "@Porter hi");
  await slack.until(() => heard.length === 1);
  expect(heard).toMatchObject([{ channel: general.id, text: `<@${slack.bot.userId}> hi` }]);
  await expect(app.client.users.list({})).rejects.toMatchObject({ data: { error: "missing_scope" } });
  await expect(slack.command(ana, general, "/schedule")).rejects.toThrow("not a command");
  await expect(slack.shortcut(ana, "other")).rejects.toThrow("no global shortcut");
  expect(() => slack.openHome(ana)).toThrow("no home tab");
});

test.each([
  ["the event message.im needs the scope im:history", { bot_events: ["message.im"] }, {}],
  ["the event agent_session_stopped needs features.agent_view", { bot_events: ["agent_session_stopped"] }, {}],
  ["/Ask is no name", {}, { slash_commands: [{ command: "/Ask" }] }],
  ["over 24 characters", {}, { shortcuts: [{ name: "x".repeat(25), type: "message", callback_id: "a" }] }],
])("a manifest is refused: %s", async (why, event_subscriptions, features) => {
  const manifest = { ...porterManifest, features, settings: { event_subscriptions } };
  await expect(createSlack({ manifest })).rejects.toThrow(why);
});

test("whom a post pings and what it makes Slack fetch is seen", async () => {
  const { slack, app, ana, tom, general } = await setUp();
  const { postMessage } = app.client.chat;
  const channel = general.id;
  await postMessage({ channel, text: `hi <@${ana.id}> <!here>`, unfurl_links: false });
  const text = { type: "mrkdwn" as const, text: `<@${tom.id}>` };
  const label = { type: "plain_text" as const, text: "<!channel>" };
  await postMessage({
    channel,
    text: "x",
    blocks: [
      { type: "section", text },
      { type: "header", text: label },
    ],
  });
  await postMessage({ channel, text: "see https://a.example/b and https://a.example/c.png" });
  await postMessage({ channel, text: "see https://a.example/b", unfurl_links: true, unfurl_media: false });
  const posts = slack.messages(general);
  expect(posts.map(({ pings }) => pings)).toEqual([[ana.id, "here"], [tom.id], [], []]);
  expect(posts.map(({ unfurls }) => unfurls)).toEqual([[], [], ["https://a.example/c.png"], ["https://a.example/b"]]);
});
