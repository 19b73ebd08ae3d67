import { webApi } from "@slack/bolt";
import { afterEach, expect, test } from "vitest";
import { createManualClock } from "./slack/clock.ts";
import { createSlack, type SlackOptions } from "./slack/slack.ts";

const open: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop();
});

async function setUp(options: SlackOptions = {}) {
  const slack = await createSlack(options);
  open.push(slack);
  const silent = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    setLevel() {},
    setName() {},
    getLevel: () => "error" as never,
  };
  const client = (token = slack.tokens.bot) =>
    new webApi.WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger: silent });
  const ana = slack.person("ana");
  const tom = slack.person("tom");
  const general = slack.channel("general");
  return { slack, client, web: client(), ana, tom, general };
}

/** The error Slack answered with; "ok" when it did not refuse. */
async function answerTo(call: Promise<webApi.WebAPICallResult>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    const { code, data } = error as { code?: string; data?: { error: string } };
    return code === webApi.ErrorCode.PlatformError ? (data?.error ?? "?") : `${code}`;
  }
}

test("auth.test says who the bot is, and every answer lists the granted scopes", async () => {
  const { slack, web } = await setUp({ scopes: ["chat:write", "users:read"] });
  const who = await web.auth.test();
  expect(who).toMatchObject({ team: "Acme", user_id: slack.bot.userId, bot_id: slack.bot.botId });
  expect(who.response_metadata?.scopes).toEqual(["chat:write", "users:read"]);
});

test("tokens open only what they are for", async () => {
  const { slack, client } = await setUp();
  expect(await answerTo(client("").auth.test())).toBe("not_authed");
  expect(await answerTo(client("xoxb-other").auth.test())).toBe("invalid_auth");
  expect(await answerTo(client().apps.connections.open({}))).toBe("not_allowed_token_type");
  expect(await answerTo(client(slack.tokens.app).chat.postMessage({ channel: "C1", text: "hi" }))).toBe(
    "not_allowed_token_type",
  );
  expect(await answerTo(client(slack.tokens.app).apps.connections.open({}))).toBe("ok");
  expect(slack.violations).toHaveLength(4);
  slack.revokeToken();
  expect(await answerTo(client().auth.test())).toBe("token_revoked");
});

test("a missing scope is named, with what was granted", async () => {
  const { slack, web, general } = await setUp({ scopes: ["users:read"] });
  const refused = web.chat.postMessage({ channel: general.id, text: "hi" });
  await expect(refused).rejects.toMatchObject({
    data: { error: "missing_scope", needed: "chat:write", provided: "users:read" },
  });
  slack.removeScope("users:read");
  await expect(web.users.list({})).rejects.toMatchObject({ data: { needed: "users:read" } });
});

test("unknown methods, arguments and content types are refused or noted", async () => {
  const { slack, web, general } = await setUp();
  expect(await answerTo(web.apiCall("chat.shout", {}))).toBe("unknown_method");
  expect(await answerTo(web.apiCall("chat.postMessage", { channel: general.id, text: "x", color: "red" }))).toBe("ok");
  expect(await answerTo(web.apiCall("chat.postMessage", { text: "x" }))).toBe("invalid_arguments");
  const headers = { authorization: `Bearer ${slack.tokens.bot}`, "content-type": "text/plain" };
  const answer = await fetch(`${slack.apiUrl}auth.test`, { method: "POST", headers, body: "hi" });
  expect(await answer.json()).toMatchObject({ ok: false, error: "invalid_post_type" });
  expect(slack.violations).toEqual([
    "unknown method: chat.shout",
    "chat.postMessage called with an unknown argument: color",
    expect.stringContaining("missing required field: channel"),
    "auth.test: invalid_post_type (text/plain)",
  ]);
});

test("JSON bodies are read with their types; a number is no thread_ts", async () => {
  const { slack, ana, general } = await setUp();
  const { ts } = slack.say(ana, general, "hi");
  const send = async (body: object) => {
    const headers = { authorization: `Bearer ${slack.tokens.bot}`, "content-type": "application/json; charset=utf-8" };
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    const read: unknown = await answer.json();
    return read;
  };
  expect(await send({ channel: general.id, text: "in thread", thread_ts: ts })).toMatchObject({ ok: true });
  expect(await send({ channel: general.id, text: "x", thread_ts: Number(ts) })).toMatchObject({
    error: "invalid_arguments",
  });
});

test("where an app may post", async () => {
  const { slack, web, ana, tom, general } = await setUp({ limits: "off" });
  const elsewhere = slack.channel("elsewhere", { botIsMember: false });
  const secret = slack.channel("secret", { private: true, botIsMember: false });
  const old = slack.channel("old", { archived: true });
  const post = (channel: string, more: object = {}) =>
    answerTo(web.apiCall("chat.postMessage", { channel, text: "hi", ...more }));
  expect(await post(general.id)).toBe("ok");
  expect(await post("C0NOWHERE")).toBe("channel_not_found");
  expect(await post(elsewhere.id)).toBe("not_in_channel");
  expect(await post(secret.id)).toBe("channel_not_found");
  expect(await post(old.id)).toBe("is_archived");
  expect(await post(ana.id)).toBe("ok");
  expect(slack.messages(slack.dm(ana))).toHaveLength(1);
  slack.deactivate(tom);
  expect(await post(tom.id)).toBe("channel_not_found");
  slack.kickBot(general, ana);
  expect(await post(general.id)).toBe("not_in_channel");
  slack.join(slack.bot.userId, general);
  slack.archive(general, ana);
  expect(await post(general.id)).toBe("is_archived");
});

test("where a reply may go", async () => {
  const { slack, web, ana, general } = await setUp({ limits: "off" });
  const parent = slack.say(ana, general, "hi");
  const reply = slack.say(ana, general, "more", { thread: parent });
  slack.join(slack.person("kim"), general);
  const joined = slack.messages(general).find((message) => message.subtype === "channel_join");
  const post = (thread_ts: string) => answerTo(web.chat.postMessage({ channel: general.id, text: "hi", thread_ts }));
  expect(await post(parent.ts)).toBe("ok");
  expect(await post("1700000000.000000")).toBe("thread_not_found");
  expect(await post("1700000000")).toBe("invalid_thread_ts");
  expect(await post(joined?.ts ?? "")).toBe("cannot_reply_to_message");
  expect(slack.violations).toEqual([expect.stringContaining("invalid_thread_ts")]);
  expect(await post(reply.ts)).toBe("ok");
  expect(slack.violations.at(-1)).toContain("names a reply");
});

test("what a post may say", async () => {
  const { slack, web, general } = await setUp({ limits: "off" });
  const post = (body: object) => answerTo(web.apiCall("chat.postMessage", { channel: general.id, ...body }));
  expect(await post({})).toBe("no_text");
  expect(await post({ text: "  " })).toBe("no_text");
  expect(await post({ text: "a", markdown_text: "b" })).toBe("markdown_text_conflict");
  expect(await post({ markdown_text: "b", blocks: [{ type: "divider" }] })).toBe("markdown_text_conflict");
  expect(await post({ markdown_text: "x".repeat(12_000) })).toBe("ok");
  expect(await post({ markdown_text: "x".repeat(12_001) })).toBe("msg_too_long");
  expect(await post({ text: "a", blocks: "not json" })).toBe("invalid_blocks_format");
  expect(await post({ text: "a", metadata: "x" })).toBe("invalid_metadata_format");
  expect(await post({ text: "a", metadata: { event_type: "t" } })).toBe("invalid_metadata_schema");
  expect(await post({ text: "a", as_user: true })).toBe("as_user_not_supported");
  slack.removeScope("chat:write.customize");
  expect(await post({ text: "a", username: "ops" })).toBe("missing_scope");
});

test("a text over 40,000 characters is cut, and noted", async () => {
  const { slack, web, general } = await setUp();
  await web.chat.postMessage({ channel: general.id, text: "x".repeat(40_001) });
  expect(slack.messages(general)[0]?.text).toHaveLength(40_000);
  expect(slack.violations).toEqual([expect.stringContaining("40001 characters")]);
});

test("only the app's own messages may be changed or deleted, and an update is short", async () => {
  const { slack, web, ana, general } = await setUp();
  const hers = slack.say(ana, general, "mine");
  const channel = general.id;
  expect(await answerTo(web.chat.update({ channel, ts: hers.ts, text: "x" }))).toBe("cant_update_message");
  expect(await answerTo(web.chat.delete({ channel, ts: hers.ts }))).toBe("cant_delete_message");
  const { ts = "" } = await web.chat.postMessage({ channel, text: "a", blocks: [{ type: "divider" }] });
  expect(await answerTo(web.chat.update({ channel, ts, text: "x".repeat(4001) }))).toBe("msg_too_long");
  expect(await answerTo(web.chat.update({ channel, ts, text: "b" }))).toBe("ok");
  expect(slack.messages(channel).at(-1)).toMatchObject({ text: "b", shown: "—", edited: true });
  await web.chat.update({ channel, ts, text: "c", blocks: [] });
  expect(slack.messages(channel).at(-1)).toMatchObject({ text: "c", shown: "c" });
  await web.chat.delete({ channel, ts });
  expect(await answerTo(web.chat.update({ channel, ts, text: "x" }))).toBe("message_not_found");
  expect(slack.messages(channel)).toHaveLength(1);
});

test("an ephemeral message is for a member, and is not in the history", async () => {
  const { slack, web, ana, tom } = await setUp();
  const room = slack.channel("room", { members: [ana] });
  const channel = room.id;
  expect(await answerTo(web.chat.postEphemeral({ channel, user: ana.id, text: "psst" }))).toBe("ok");
  expect(await answerTo(web.chat.postEphemeral({ channel, user: tom.id, text: "psst" }))).toBe("user_not_in_channel");
  expect(slack.ephemerals(ana, room)).toMatchObject([{ text: "psst" }]);
  expect((await web.conversations.history({ channel })).messages).toEqual([]);
});

test("history is newest first, without replies, within exclusive bounds, in pages", async () => {
  const { slack, web, ana, general } = await setUp();
  const one = slack.say(ana, general, "one");
  const two = slack.say(ana, general, "two");
  const three = slack.say(ana, general, "three");
  slack.say(ana, general, "a reply", { thread: one });
  const shout = slack.say(ana, general, "for all", { thread: one, broadcast: true });
  const texts = async (more: object = {}) => {
    const { messages = [] } = await web.conversations.history({ channel: general.id, ...more });
    return messages.map((message) => message.text);
  };
  expect(await texts()).toEqual(["for all", "three", "two", "one"]);
  expect(await texts({ oldest: one.ts, latest: three.ts })).toEqual(["two"]);
  expect(await texts({ oldest: one.ts, latest: three.ts, inclusive: true })).toEqual(["three", "two", "one"]);
  const first = await web.conversations.history({ channel: general.id, limit: 3 });
  expect(first.has_more).toBe(true);
  const cursor = first.response_metadata?.next_cursor ?? "";
  expect(await texts({ limit: 3, cursor })).toEqual(["one"]);
  expect(await answerTo(web.conversations.history({ channel: general.id, cursor: "zzz" }))).toBe("invalid_cursor");
  expect(await answerTo(web.conversations.history({ channel: general.id, oldest: "yesterday" }))).toBe(
    "invalid_ts_oldest",
  );
  const { messages = [] } = await web.conversations.replies({
    channel: general.id,
    ts: shout.ts,
    oldest: two.ts,
  });
  expect(messages.map((message) => message.text)).toEqual(["one", "a reply", "for all"]);
  expect(messages[0]).toMatchObject({ reply_count: 2, thread_ts: one.ts });
  expect(await answerTo(web.conversations.replies({ channel: general.id, ts: "1.0" }))).toBe("thread_not_found");
});

test("metadata is kept, and given back only when asked for", async () => {
  const { web, general } = await setUp();
  const metadata = { event_type: "bellhop", event_payload: { key: "run-1" } };
  await web.chat.postMessage({ channel: general.id, text: "x", metadata });
  const without = await web.conversations.history({ channel: general.id });
  expect(without.messages?.[0]?.metadata).toBeUndefined();
  const withAll = await web.conversations.history({ channel: general.id, include_all_metadata: true });
  expect(withAll.messages?.[0]?.metadata).toEqual(metadata);
});

test("a deleted parent with replies stays as a tombstone", async () => {
  const { slack, web, ana, general } = await setUp();
  const parent = slack.say(ana, general, "hi");
  slack.say(ana, general, "more", { thread: parent });
  slack.delete(parent);
  const { messages = [] } = await web.conversations.replies({ channel: general.id, ts: parent.ts });
  expect(messages).toMatchObject([{ subtype: "tombstone" }, { text: "more" }]);
  expect(slack.messages(general)[0]).toMatchObject({ deleted: true, shown: "(deleted)" });
});

test("reading a conversation takes membership and the scope of its kind", async () => {
  const { slack, web, ana, general } = await setUp();
  const elsewhere = slack.channel("elsewhere", { botIsMember: false });
  const history = (channel: string) => answerTo(web.conversations.history({ channel }));
  expect(await history(elsewhere.id)).toBe("not_in_channel");
  expect(await answerTo(web.conversations.join({ channel: elsewhere.id }))).toBe("ok");
  expect(await history(elsewhere.id)).toBe("ok");
  slack.removeScope("im:history");
  expect(await history(slack.dm(ana).id)).toBe("missing_scope");
  expect(await history(general.id)).toBe("ok");
});

test("channels and people are listed in pages, the unseen left out", async () => {
  const { slack, web, ana, tom } = await setUp();
  slack.channel("secret", { private: true, botIsMember: false });
  slack.channel("crew", { private: true });
  slack.channel("old", { archived: true });
  const names = async (more: object) => (await web.conversations.list(more)).channels?.map(({ name }) => name);
  expect(await names({})).toEqual(["general", "old"]);
  expect(await names({ types: "public_channel,private_channel", exclude_archived: true })).toEqual(["general", "crew"]);
  expect(await answerTo(web.conversations.list({ types: "public" }))).toBe("invalid_types");
  const page = await web.users.list({ limit: 2 });
  expect(page.members).toHaveLength(2);
  const rest = await web.users.list({ limit: 2, cursor: page.response_metadata?.next_cursor ?? "" });
  expect(rest.members?.map((member) => member.id)).toEqual([tom.id]);
  const { user } = await web.users.info({ user: ana.id, include_locale: true });
  expect(user).toMatchObject({ real_name: "ana", tz: "Europe/Berlin", locale: "en-US", is_bot: false });
  expect(await answerTo(web.users.info({ user: "U0NOBODY" }))).toBe("user_not_found");
});

test("conversations.open finds or makes the DM", async () => {
  const { slack, web, ana, tom } = await setUp();
  const { channel } = await web.conversations.open({ users: ana.id });
  expect(channel?.id).toBe(slack.dm(ana).id);
  expect((await web.conversations.open({ users: `${ana.id},${tom.id}` })).channel?.id).toBe(
    slack.groupDm([ana, tom]).id,
  );
  expect(await answerTo(web.apiCall("conversations.open", {}))).toBe("users_list_not_supplied");
  expect(await answerTo(web.conversations.open({ users: "U0NOBODY" }))).toBe("user_not_found");
});

test("reactions and pins can be set once and taken back once", async () => {
  const { slack, web, ana, general } = await setUp();
  const { ts: timestamp } = slack.say(ana, general, "hi");
  const channel = general.id;
  const add = () => answerTo(web.reactions.add({ channel, timestamp, name: "eyes" }));
  expect([await add(), await add()]).toEqual(["ok", "already_reacted"]);
  expect(slack.messages(general)[0]?.reactions).toEqual({ eyes: [slack.bot.userId] });
  const take = () => answerTo(web.reactions.remove({ channel, timestamp, name: "eyes" }));
  expect([await take(), await take()]).toEqual(["ok", "no_reaction"]);
  expect(await answerTo(web.reactions.add({ channel, timestamp, name: "No Emoji" }))).toBe("invalid_name");
  const pin = () => answerTo(web.pins.add({ channel, timestamp }));
  expect([await pin(), await pin()]).toEqual(["ok", "already_pinned"]);
  expect((await web.pins.list({ channel })).items).toHaveLength(1);
  expect(await answerTo(web.pins.remove({ channel, timestamp }))).toBe("ok");
  expect(await answerTo(web.pins.remove({ channel, timestamp }))).toBe("no_pin");
});

test("a file is announced, uploaded and shared; its address takes the token", async () => {
  const { slack, web, ana, general } = await setUp();
  const thread = slack.say(ana, general, "send it");
  await web.filesUploadV2({
    channel_id: general.id,
    thread_ts: thread.ts,
    filename: "answer.md",
    file: Buffer.from("# hi"),
  });
  const shared = slack.messages(general, thread).at(-1);
  expect(slack.file(shared?.files[0] ?? "")?.content?.toString()).toBe("# hi");
  const { file } = await web.files.info({ file: shared?.files[0] ?? "" });
  const get = async (headers: Record<string, string>) => (await fetch(file?.url_private ?? "", { headers })).text();
  expect(await get({ authorization: `Bearer ${slack.tokens.bot}` })).toBe("# hi");
  expect(await get({})).toContain("Sign in");
  expect(slack.violations).toEqual([]);
  const complete = (id: string) =>
    answerTo(web.files.completeUploadExternal({ files: [{ id }], channel_id: general.id }));
  expect(await complete(file?.id ?? "")).toBe("file_not_found");
  const announced = await web.files.getUploadURLExternal({ filename: "b.txt", length: 5 });
  expect(await complete(announced.file_id ?? "")).toBe("file_not_found");
  expect((await fetch(announced.upload_url ?? "", { method: "POST", body: "too long" })).status).toBe(400);
});

test("a stream lives in a thread, names its reader, and ends once", async () => {
  const { slack, web, ana, general } = await setUp();
  const channel = general.id;
  const { ts: thread_ts } = slack.say(ana, general, "go");
  const reader = { recipient_user_id: ana.id, recipient_team_id: slack.team.id };
  const start = (more: object) => web.apiCall("chat.startStream", { channel, ...more });
  expect(await answerTo(start({ ...reader }))).toBe("invalid_arguments");
  expect(await answerTo(start({ thread_ts }))).toBe("missing_recipient_user_id");
  expect(await answerTo(start({ thread_ts, recipient_user_id: ana.id }))).toBe("missing_recipient_team_id");
  expect(await answerTo(start({ thread_ts, ...reader, recipient_team_id: "T1" }))).toBe("team_not_found");
  expect(slack.violations).toHaveLength(3);
  const streamer = web.chatStream({ channel, thread_ts, ...reader, buffer_size: 1 });
  await streamer.append({ markdown_text: "**Hello" });
  await streamer.append({ markdown_text: " world**" });
  await streamer.append({ chunks: [{ type: "task_update", id: "1", title: "query", status: "in_progress" }] });
  const ts = streamer.ts ?? "";
  expect(slack.messages(general, thread_ts).at(-1)).toMatchObject({
    text: "**Hello world**",
    streaming: "in_progress",
  });
  expect(await answerTo(web.chat.update({ channel, ts, text: "x" }))).toBe("streaming_state_conflict");
  const metadata = { event_type: "bellhop", event_payload: { key: "k" } };
  await streamer.stop({ metadata, chunks: [{ type: "task_update", id: "1", title: "query", status: "complete" }] });
  expect(slack.messages(general, thread_ts).at(-1)).toMatchObject({
    streaming: "completed",
    metadata,
    shown: "[complete] query\n**Hello world**",
  });
  expect(await answerTo(web.chat.appendStream({ channel, ts, markdown_text: "x" }))).toBe(
    "message_not_in_streaming_state",
  );
  expect(await answerTo(web.chat.stopStream({ channel, ts }))).toBe("message_not_in_streaming_state");
  expect(await answerTo(web.chat.update({ channel, ts, text: "x" }))).toBe("ok");
  expect(slack.messages(general, thread_ts).at(-1)).toMatchObject({ text: "x", shown: "x" });
  const plain = slack.say(ana, general, "mine");
  expect(await answerTo(web.chat.appendStream({ channel, ts: plain.ts, markdown_text: "x" }))).toBe(
    "message_not_owned_by_app",
  );
});

test("chunks are checked, and metadata at the start is noted", async () => {
  const { slack, web, ana } = await setUp();
  const dm = slack.dm(ana);
  const { ts: thread_ts } = slack.say(ana, dm, "go");
  const start = (more: object) => web.apiCall("chat.startStream", { channel: dm.id, thread_ts, ...more });
  expect(await answerTo(start({ chunks: [{ type: "shout" }] }))).toBe("invalid_chunks");
  expect(await answerTo(start({ chunks: [{ type: "task_update", id: "1", title: "t", status: "done" }] }))).toBe(
    "invalid_chunks",
  );
  expect(await answerTo(start({ markdown_text: "x".repeat(12_001) }))).toBe("msg_too_long");
  expect(slack.violations).toHaveLength(3);
  expect(await answerTo(start({ metadata: {} }))).toBe("ok");
  expect(slack.violations.at(-1)).toBe("chat.startStream called with an unknown argument: metadata");
});

test("a stream dies five minutes after its start", async () => {
  const clock = createManualClock();
  const { slack, web, ana } = await setUp({ clock });
  const dm = slack.dm(ana);
  const { ts: thread_ts } = slack.say(ana, dm, "go");
  const { ts = "" } = await web.chat.startStream({ channel: dm.id, thread_ts, markdown_text: "a" });
  await clock.advance(299_000);
  expect(await answerTo(web.chat.appendStream({ channel: dm.id, ts, markdown_text: "b" }))).toBe("ok");
  await clock.advance(2000);
  expect(slack.messages(dm, thread_ts).at(-1)?.streaming).toBe("errored");
  const late = web.chat.appendStream({ channel: dm.id, ts, markdown_text: "c" });
  expect(await answerTo(late)).toBe("message_not_in_streaming_state");
  expect(await answerTo(web.chat.update({ channel: dm.id, ts, text: "abc" }))).toBe("ok");
});

test("a stop by a person ends the stream for the app", async () => {
  const { slack, web, ana } = await setUp();
  const dm = slack.dm(ana);
  const asked = slack.say(ana, dm, "go");
  const { ts = "" } = await web.chat.startStream({ channel: dm.id, thread_ts: asked.ts, markdown_text: "a" });
  expect(() => slack.stopSession(ana, dm, asked)).toThrow("no stop button");
  const session = { channel_id: dm.id, thread_ts: asked.ts };
  await web.apiCall("agents.sessions.setStatus", { ...session, status: "processing", title: "Go" });
  expect(slack.session(dm, asked)).toEqual({ status: "processing", title: "Go" });
  slack.stopSession(ana, dm, asked);
  expect(await answerTo(web.chat.appendStream({ channel: dm.id, ts, markdown_text: "b" }))).toBe("stopped_by_user");
  expect(await answerTo(web.chat.stopStream({ channel: dm.id, ts }))).toBe("message_not_in_streaming_state");
  expect(await answerTo(web.apiCall("agents.sessions.setStatus", { ...session, status: "idle" }))).toBe(
    "invalid_arguments",
  );
});

test("a session of an app that cannot hear the stop is answered with a warning", async () => {
  const { slack, web, ana } = await setUp({ events: ["message.im"] });
  const dm = slack.dm(ana);
  const { ts: thread_ts } = slack.say(ana, dm, "go");
  const answer = await web.apiCall("agents.sessions.setStatus", { channel_id: dm.id, thread_ts, status: "processing" });
  expect(answer.response_metadata?.warnings).toContain("missing_agent_session_stopped_event_subscription");
});

test("a status is shown until the reply, or for two minutes", async () => {
  const clock = createManualClock();
  const { slack, web, ana, general } = await setUp({ clock });
  const asked = slack.say(ana, general, "go");
  const thread = { channel_id: general.id, thread_ts: asked.ts };
  await web.assistant.threads.setStatus({ ...thread, status: "is thinking…" });
  expect(slack.status(general, asked)).toBe("is thinking…");
  await web.chat.postMessage({ channel: general.id, thread_ts: asked.ts, text: "done" });
  expect(slack.status(general, asked)).toBeUndefined();
  await web.assistant.threads.setStatus({ ...thread, status: "is thinking…" });
  await clock.advance(120_000);
  expect(slack.status(general, asked)).toBeUndefined();
  slack.delete(asked);
  await web.assistant.threads.setStatus({ ...thread, status: "is still there…" });
  expect(slack.status(general, asked)).toBe("is still there…");
  expect(await answerTo(web.assistant.threads.setStatus({ ...thread, thread_ts: "1.0", status: "x" }))).toBe(
    "invalid_thread_ts",
  );
});

test("ways to begin are offered in a DM, at most four, each with words", async () => {
  const { slack, web, ana, general } = await setUp();
  const dm = slack.dm(ana);
  const prompt = { title: "Digest", message: "digest please" };
  await web.assistant.threads.setSuggestedPrompts({ channel_id: dm.id, prompts: [prompt] });
  expect(slack.suggestedPrompts(dm)).toEqual([prompt]);
  const offer = (channel: string, prompts: [typeof prompt, ...(typeof prompt)[]]) =>
    answerTo(web.assistant.threads.setSuggestedPrompts({ channel_id: channel, prompts }));
  expect(await offer(general.id, [prompt])).toBe("channel_not_found");
  expect(await offer(dm.id, [prompt, prompt, prompt, prompt, prompt])).toBe("invalid_arguments");
  expect(await offer(dm.id, [{ title: "Digest", message: "" }])).toBe("invalid_arguments");
});

test("private words in a thread are seen only where somebody has answered", async () => {
  const { slack, web, ana, general } = await setUp();
  const asked = slack.say(ana, general, "go");
  const words = { channel: general.id, user: ana.id, thread_ts: asked.ts };
  await web.chat.postEphemeral({ ...words, text: "lost" });
  expect(slack.ephemerals(ana, general)).toEqual([]);
  expect(slack.violations.splice(0).join()).toContain("nobody sees them");
  await web.chat.postMessage({ channel: general.id, thread_ts: asked.ts, text: "done" });
  await web.chat.postEphemeral({ ...words, text: "seen" });
  expect(slack.ephemerals(ana, general)).toMatchObject([{ text: "seen", threadTs: asked.ts }]);
});

test("a message in an archived channel, or one the app was thrown out of, is changed no more", async () => {
  const { slack, web, ana } = await setUp();
  const [closed, old] = [slack.channel("closed", { private: true }), slack.channel("old")];
  const posts = await Promise.all([closed, old].map(({ id }) => web.chat.postMessage({ channel: id, text: "x" })));
  slack.kickBot(closed, ana);
  slack.archive(old, ana);
  const changes = posts.map(({ channel = "", ts = "" }) => answerTo(web.chat.update({ channel, ts, text: "y" })));
  expect(await Promise.all(changes)).toEqual(["channel_not_found", "is_inactive"]);
});

test("files are shared with rich text or a comment, never both, and say where they are", async () => {
  const { slack, web, ana, general } = await setUp();
  const upload = async () => {
    const { upload_url: url = "", file_id: id = "" } = await web.files.getUploadURLExternal({
      filename: "a.md",
      length: 2,
    });
    await fetch(url, { method: "POST", body: "hi" });
    return { id, title: "a.md" };
  };
  const section = { type: "section", text: { type: "plain_text", text: "x" } };
  const file = await upload();
  const share = { channel_id: general.id, files: [file] as [typeof file] };
  expect(await answerTo(web.files.completeUploadExternal({ ...share, blocks: [section] }))).toBe("invalid_blocks");
  // A person's id stands for the DM with them where messages are posted, not here.
  expect(await answerTo(web.files.completeUploadExternal({ ...share, channel_id: ana.id }))).toBe("invalid_arguments");
  await web.files.completeUploadExternal(share);
  expect((await web.files.info({ file: file.id })).file?.channels).toEqual([general.id]);
  expect(await answerTo(web.files.completeUploadExternal(share))).toBe("file_not_found");
  expect(slack.messages(general).at(-1)?.files).toEqual([file.id]);
  const told = await upload();
  const root = slack.say(ana, general, "go");
  const nowhere = { files: [told] as [typeof told], thread_ts: root.ts };
  expect(await answerTo(web.apiCall("files.completeUploadExternal", nowhere))).toBe("invalid_arguments");
  expect(slack.violations.splice(0).join()).toContain("invalid_arguments");
});

test("permalinks point into the thread", async () => {
  const { slack, web, ana, general } = await setUp();
  const parent = slack.say(ana, general, "hi");
  const reply = slack.say(ana, general, "more", { thread: parent });
  const { permalink } = await web.chat.getPermalink({ channel: general.id, message_ts: reply.ts });
  expect(permalink).toContain(`/archives/${general.id}/p${reply.ts.replace(".", "")}?thread_ts=${parent.ts}`);
});

test("what an app posts is kept as Slack keeps it: links in brackets, stray signs escaped", async () => {
  const { web, general } = await setUp();
  const text = "R&D <b> see https://a.example/x?y=1&z=2, <https://b.example|b> &amp; <@U1>";
  const { message } = await web.chat.postMessage({ channel: general.id, text });
  expect(message?.text).toBe(
    "R&amp;D &lt;b&gt; see <https://a.example/x?y=1&amp;z=2>, <https://b.example|b> &amp; <@U1>",
  );
});
