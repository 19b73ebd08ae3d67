import type { Access, Refusal } from "../access/access.ts";
import { agentsAt, channelAt } from "../access/places.ts";
import type { ToolResult } from "../agent/tool.ts";
import type {
  Address,
  Author,
  ChatAdapter,
  ChatCommand,
  ChatEvent,
  ChatMessage,
  Inbox,
  Post,
  Press,
  Whisper,
} from "../chat.ts";
import type { Config } from "../config/schema.ts";
import type { Ledger } from "../runs/ledger.ts";
import { type Run, runIdFor } from "../runs/run.ts";
import type { Runner } from "../runs/runner.ts";
import type { Store } from "../store/store.ts";
import type { Gate } from "../tools/gate.ts";
import type { Logger } from "../watch/log.ts";
import { type Words, wordsOf } from "../words/words.ts";
import { createAnswers, languageAt } from "./answers.ts";
import type { Ask } from "./ask.ts";
import { chooseAgent } from "./choose-agent.ts";
import { createCommands, type Health, nearestVerb, type Verb, verbOf } from "./commands.ts";
import { askedTurn, readAtFirst } from "./context.ts";
import { type Conversation, conversationKey, createConversations } from "./conversation.ts";
import { createPace } from "./pace.ts";
import { createPeople } from "./people.ts";
import { createPostman } from "./postman.ts";
import { wantsAnswer } from "./reply-rule.ts";

/** Bellhop as seen in chat: hears, picks the agent, keeps the conversation, answers. */
export type Bot = {
  inbox: Inbox;
  /** An adapter is connected: takes up what an earlier process left there, then handles what is heard from it. */
  open(adapter: string): Promise<void>;
  /** Says something where the team's admins read. */
  tellAdmins(text: string, key: string): Promise<void>;
  /** A parked run goes on with what its calls waited for. */
  resume(run: string, results: { call: string; result: ToolResult }[]): Promise<boolean>;
  busy(): number;
  /** Takes nothing new in, waits for what is going on until the deadline, hands the rest over to the next start. */
  stop(deadlineMs: number): Promise<void>;
};

/** What the bot is made from. */
export type BotParts = {
  config(): Config;
  adapters: ReadonlyMap<string, ChatAdapter>;
  store: Store;
  ledger: Ledger;
  runner: Runner;
  gate: Gate;
  access: Access;
  health(): Health;
  /** A model answered, or failed to. */
  noteModel(name: string, state: { state: "ok" | "failing"; error?: string }): void;
  log: Logger;
  now(): number;
  botName?: string;
};

const longestMessage = 50_000;
/** So far back a message may lie to be answered when the bot comes back. */
const answeredWithinMs = 24 * 3_600_000;
const threadsToCatchUp = 100;
const offeredForMs = 24 * 3_600_000;

type Offer = Omit<Ask, "agent" | "rule"> & { near: string };

/** The bot over its parts. */
export function createBot(parts: BotParts): Bot {
  const { config, adapters, store, ledger, access, log, now } = parts;
  const { journal, outbox } = store;
  const adapter = (name: string) => adapters.get(name);
  const people = createPeople(adapter);
  const pace = createPace(now);
  const conversations = createConversations({ ledger, kv: store.kv("conversations") });
  const postman = createPostman({ adapter, outbox, log, now });
  const answers = createAnswers({
    config,
    adapter,
    runner: parts.runner,
    gate: parts.gate,
    access,
    ledger,
    journal,
    postman,
    log,
    now,
    noteModel: parts.noteModel,
    who: (run) => people.known(run.asker.id),
  });
  const commands = createCommands({
    config,
    health: parts.health,
    ledger,
    access,
    botName: parts.botName ?? "Bellhop",
  });
  const active = new Set<Conversation>();
  const handling = new Set<Promise<void>>();
  const doors = new Map([...adapters.keys()].map((name) => [name, createDoor()]));
  /** Events of this process; those owed besides were left by an earlier one. */
  const heardNow = new Set<string>();
  /** Events left by an earlier process: what came of them may stand already. */
  const left = new Set<string>();
  let stopping = false;

  const wordsAt = (address: Address): Words => wordsOf(languageAt(config(), { address }));

  // ---- hearing

  async function hear(event: ChatEvent): Promise<void> {
    if (stopping) throw new Error("Bellhop is stopping; the platform will tell this again");
    if (!(await concerns(event))) return;
    const { adapter: from } = addressOf(event);
    heardNow.add(event.key);
    if (await journal.hear(event, from, timeOf(event))) handle(event);
    else heardNow.delete(event.key);
  }

  /** Whether anything is to be done about an event; most of what is said in channels is none of the bot's business. */
  async function concerns(event: ChatEvent): Promise<boolean> {
    switch (event.kind) {
      case "message": {
        const { message } = event;
        if (message.ours || message.author.bot) return false;
        if (message.direct || message.mention) return true;
        const conversation = await conversationOf(message);
        const verdict = wantsAnswer(config(), message, conversation);
        if (verdict.wanted) return true;
        conversation.silence = wordsAt(message.address).silence[verdict.why];
        if (verdict.why === "talkedPast") await conversations.keep(conversation);
        return false;
      }
      case "deleted":
      case "stop":
        return true;
      case "command":
      case "press":
        return true;
      default:
        return false;
    }
  }

  function handle(event: ChatEvent): void {
    const work = (doors.get(addressOf(event).adapter)?.promise ?? Promise.resolve())
      .then(() => conversations.inOrder(placeOf(event), () => act(event)))
      .catch(async (error: unknown) => {
        log.error({ err: error, event: event.key }, "an event could not be handled");
        await journal.settle([event.key]).catch(() => {});
      });
    handling.add(work);
    void work.finally(() => {
      handling.delete(work);
      heardNow.delete(event.key);
    });
  }

  async function act(event: ChatEvent): Promise<void> {
    switch (event.kind) {
      case "message":
        return answerMessage(event.key, event.message);
      case "command":
        return answerCommand(event.key, event.command);
      case "press":
        return answerPress(event.key, event.press);
      case "stop":
        conversations.known(event.address)?.active?.stop(await people.nameOf(event.person));
        return journal.settle([event.key]);
      case "deleted":
        return deleted(event.key, event.address, event.message);
      default:
        return journal.settle([event.key]);
    }
  }

  const conversationOf = (message: ChatMessage) =>
    conversations.at(message.answerAt, { fresh: message.answerAt.thread === message.id });

  async function answerMessage(key: string, message: ChatMessage): Promise<void> {
    const conversation = await conversationOf(message);
    const words = wordsAt(message.answerAt);
    const at = message.answerAt;
    // Again here: what was said before it in this conversation is settled only now.
    const verdict = wantsAnswer(config(), message, conversation);
    if (!verdict.wanted && verdict.why !== "talkedPast") {
      conversation.silence = words.silence[verdict.why];
      return journal.settle([key]);
    }
    conversation.silence = undefined;
    const verb = verbOf(message.text);
    if (verb === "stop") return stop(key, at, message.author, conversation, words);
    if (verb) return reply(key, at, { text: await say(verb, at, message.author.id, conversation, words) }, message);
    const asker = { id: message.author.id, name: await people.nameOf(message.author) };
    await ask(
      {
        event: key,
        at: message.at,
        address: at,
        message: message.id,
        asker,
        text: message.text,
        inThread: message.address.thread !== undefined,
      },
      conversation,
      words,
      (post) => reply(key, at, post, message),
      { person: asker.id },
    );
  }

  /** Gives a question to an agent, or says why not. */
  async function ask(
    asked: Omit<Ask, "agent" | "rule">,
    conversation: Conversation,
    words: Words,
    answer: (post: Post) => Promise<void>,
    whisper: Whisper,
    agentNamed?: string,
  ): Promise<void> {
    const { address: at } = asked;
    const text = agentNamed ? `${agentNamed}: ${asked.text}` : asked.text;
    if (text.length > longestMessage) return answer({ text: words.tooLong(text.length, longestMessage) });
    if (text.trim() === "") return answer({ text: words.emptyMention(agentsAt(config(), at)) });
    const choice = chooseAgent(config(), { text, at, threadAgent: conversation.agent, words });
    if (choice.kind === "nobody") return answer({ text: words.noAgents });
    if (choice.kind === "unknown") {
      const { near } = choice;
      if (!near) return answer({ text: words.noSuchAgent(choice.asked, near) });
      const id = runIdFor(asked.event);
      await offers.set(id, { ...asked, text: choice.text, near } satisfies Offer, offeredForMs);
      const buttons = [{ id: "ask", value: id, text: words.askInstead(near), style: "primary" as const }];
      return answer({ text: words.noSuchAgent(choice.asked, near), card: { buttons } });
    }
    const who = await people.who(asked.asker.id, { roles: access.needsRoles(at) });
    const verdict = access.authorize(who, "talk", { agent: choice.agent.name, at });
    if (!verdict.allowed) return answer({ text: refusalText(verdict, choice.agent.name, at, words), only: whisper });
    const wait = pace.take(asked.asker.id, config().limits.mentions_per_minute);
    if (wait > 0)
      return answer({
        text: words.tooMany(config().limits.mentions_per_minute, Math.ceil(wait / 1000)),
        only: whisper,
      });
    if (choice.text === "") return answer({ text: words.emptyMention([choice.agent.name]) });
    const question: Ask = { ...asked, text: choice.text, agent: choice.agent.name, rule: choice.rule };
    if (!conversation.active) return begin(question, conversation);
    const overlap = channelAt(config(), at)?.overlap ?? "steer";
    if (overlap === "steer" && conversation.active.run.agent === question.agent) {
      conversation.active.steer(askedTurn(question.asker.name, question.text, [], zoneAt(at)), question.event);
      untaken.set(question.event, question);
    } else conversation.waiting.push(question);
  }

  /** Questions handed to a run as steers, until it is known whether a step took them. */
  const untaken = new Map<string, Ask>();
  /** Questions that a button offers to put to the agent that was probably meant. */
  const offers = store.kv("offers");

  async function begin(question: Ask, conversation: Conversation): Promise<void> {
    const { address: at } = question;
    const [last] = conversation.agent ? await ledger.conversation(conversation.key, 1) : [];
    const before = await earlier(question, last);
    const run: Run = {
      id: runIdFor(question.event),
      at: question.at,
      conversation: conversation.key,
      agent: question.agent,
      events: [question.event],
      asker: question.asker,
      ...(question.message ? { message: question.message, readUntil: question.message } : {}),
      address: at,
      rule: question.rule,
      heard: [askedTurn(question.asker.name, question.text, before, zoneAt(at))],
      read: before.length,
      continues: last !== undefined,
      announced: last !== undefined && last.agent !== question.agent,
      state: "running",
      attempt: 1,
      changed: false,
      offered: [],
      used: [],
      refused: [],
    };
    launch(run, conversation, left.delete(question.event));
  }

  function launch(run: Run, conversation: Conversation, again: boolean): void {
    const answering = run.state === "parked" ? answers.readopt(run) : answers.start(run, { again });
    conversation.agent = run.agent;
    conversations.setActive(conversation, answering);
    active.add(conversation);
    void answering.done.then(() => {
      const left = answering.untaken();
      conversations.setActive(conversation, undefined);
      active.delete(conversation);
      conversation.lastUnnamed = undefined;
      for (const event of run.events) untaken.delete(event);
      const questions = left.flatMap((event) => untaken.get(event) ?? []);
      for (const event of left) untaken.delete(event);
      conversation.waiting.unshift(...questions);
      const next = conversation.waiting.shift();
      if (next && !stopping)
        void conversations
          .inOrder(run.address, () => begin(next, conversation))
          .catch((error: unknown) => log.error({ err: error }, "the next question could not be begun"));
    });
  }

  /** What was said in the thread that the agent has not seen: at the first mention the newest of it, later the rest. */
  async function earlier(question: Ask, last: Run | undefined): Promise<ChatMessage[]> {
    if (!question.inThread || !question.message) return [];
    const { message } = question;
    try {
      const since = last?.readUntil;
      const said = await adapter(question.address.adapter)?.history(question.address, {
        limit: readAtFirst,
        ...(since ? { since } : {}),
      });
      // Its own answers are in the record already, once it takes part.
      return (said ?? []).filter((one) => isOlder(one.id, message) && !(last && one.ours));
    } catch (error) {
      log.warn({ err: error, address: question.address }, "the thread could not be read; going on without");
      return [];
    }
  }

  const zoneAt = (at: Address) => channelAt(config(), at)?.timezone ?? config().workspace.timezone;

  // ---- commands, presses, deletions

  async function say(
    verb: Exclude<Verb, "stop">,
    at: Address,
    person: Whisper["person"],
    conversation: Conversation | undefined,
    words: Words,
  ): Promise<string> {
    switch (verb) {
      case "agents":
        return commands.agents(at, words);
      case "status":
        return commands.status(words);
      case "why":
        return commands.why(at, await people.who(person, { roles: true }), conversation, words);
      case "help":
        return commands.help(words);
    }
  }

  async function stop(key: string, at: Address, by: Author, conversation: Conversation, words: Words): Promise<void> {
    const who = await people.who(by.id, { roles: access.needsRoles(at) });
    const verdict = access.authorize(who, "stop", { at });
    if (!verdict.allowed)
      return reply(key, at, { text: words.notYou(conversation.agent ?? ""), only: { person: by.id } });
    if (!conversation.active) return reply(key, at, { text: words.nothingToStop });
    conversation.active.stop(await people.nameOf(by));
    return journal.settle([key]);
  }

  async function answerCommand(key: string, command: ChatCommand): Promise<void> {
    const { address: at, whisper, person } = command;
    const words = wordsAt(at);
    const conversation = await conversations.at(at);
    const privately = (post: Post) => reply(key, at, { ...post, only: whisper });
    if (command.name === "ask") {
      const named = { ...command, person: { ...person, name: await people.nameOf(person) } };
      return askByCommand(key, named, words, privately);
    }
    const typed = command.name === "bellhop" ? command.text.trim() || "help" : command.name;
    const verb = verbOf(typed.split(/\s+/)[0] ?? "");
    if (!verb) return privately({ text: words.unknownVerb(typed, nearestVerb(typed)) });
    if (verb === "stop") {
      if (!conversation.active) return privately({ text: words.nothingToStop });
      return stop(key, at, person, conversation, words);
    }
    return privately({ text: await say(verb, at, person.id, conversation, words) });
  }

  /** The question is shown in the channel, and answered in its thread. */
  async function askByCommand(
    key: string,
    command: ChatCommand,
    words: Words,
    privately: (post: Post) => Promise<void>,
  ): Promise<void> {
    const { address: at, person, whisper, text } = command;
    if (text.trim() === "") return privately({ text: words.askWhat });
    const conversation = await conversations.at(at);
    const asked = {
      event: key,
      at: command.at,
      address: at,
      asker: { id: person.id, name: person.name },
      text,
      inThread: false,
    };
    // A DM and an API call have no audience to show the question to.
    const place = adapter(at.adapter);
    if (!place?.can.threads || at.thread) return ask(asked, conversation, words, privately, whisper, command.agent);
    const choice = chooseAgent(config(), { text: command.agent ? `${command.agent}: ${text}` : text, at, words });
    const who = await people.who(person.id, { roles: access.needsRoles(at) });
    if (choice.kind !== "agent" || !access.authorize(who, "talk", { agent: choice.agent.name, at }).allowed) {
      return ask(asked, conversation, words, privately, whisper, command.agent);
    }
    const question = { text: words.asked(person.name, choice.agent.name, choice.text) };
    const { posted } = postman.send({
      address: at,
      post: question,
      key: { id: `${runIdFor(key)}q`, since: command.at },
    });
    const stands = await posted;
    if (!stands) return privately({ text: words.gone });
    const thread = { ...at, thread: stands.id };
    await conversations.inOrder(thread, async () => {
      const fresh = await conversations.at(thread, { fresh: true });
      await ask({ ...asked, address: thread, message: stands.id }, fresh, words, privately, whisper, choice.agent.name);
    });
    const told = { text: words.askedThere(choice.agent.name, stands.link), only: whisper };
    await postman.send({ address: whisper.at ?? at, post: told, key: { id: `${runIdFor(key)}t`, since: command.at } })
      .kept;
  }

  async function answerPress(key: string, press: Press): Promise<void> {
    const { address: at, person, whisper } = press;
    const words = wordsAt(at);
    const conversation = await conversations.at(at);
    const privately = (post: Post) => reply(key, at, { ...post, only: whisper });
    if (press.id === "stop") {
      if (conversation.active?.run.id !== press.value) return privately({ text: words.nothingToStop });
      return stop(key, at, person, conversation, words);
    }
    if (press.id === "ask" && press.value) {
      const offer = await offers.get<Offer>(press.value);
      if (!offer) return privately({ text: words.gone });
      // Two presses of one button are one question.
      if (!(await store.claims.claim(`ask:${press.value}`, now()))) return privately({ text: words.alreadyDone });
      const { near, ...asked } = offer;
      const asker = { id: person.id, name: await people.nameOf(person) };
      return ask({ ...asked, event: key, at: press.at, asker }, conversation, words, privately, whisper, near);
    }
    const failed = press.id === "retry" && press.value ? await ledger.find(press.value) : undefined;
    const who = await people.who(person.id, { roles: access.needsRoles(at) });
    if (failed) {
      const verdict = access.authorize(who, "talk", { agent: failed.agent, at });
      if (!verdict.allowed) return privately({ text: refusalText(verdict, failed.agent, at, words) });
      // Two presses of one button are one retry.
      if (!(await store.claims.claim(`retry:${failed.id}`, now()))) return privately({ text: words.alreadyDone });
      const { outcome: _, usage: __, ms: ___, ...fresh } = failed;
      const run: Run = {
        ...fresh,
        id: runIdFor(key),
        at: press.at,
        events: [key],
        state: "running",
        attempt: 1,
        changed: false,
        used: [],
        refused: [],
      };
      if (conversation.active) return privately({ text: words.queued(1 + conversation.waiting.length) });
      launch(run, conversation, false);
      return;
    }
    return privately({ text: words.gone });
  }

  async function deleted(key: string, address: Address, message: string): Promise<void> {
    for (const conversation of active) {
      const { run } = conversation.active ?? {};
      const same =
        run?.message === message && run.address.adapter === address.adapter && run.address.channel === address.channel;
      if (same) conversation.active?.stop();
    }
    await journal.settle([key]);
  }

  function refusalText(refusal: Refusal, agent: string, at: Address, words: Words): string {
    switch (refusal.reason) {
      case "not-here":
        return words.notHere(agent, words.thisPlace, refusal.others, []);
      case "triggers-only":
        return words.onlyTriggered(agent);
      case "no-such-agent":
      case "disabled":
        return words.noSuchAgent(agent, agentsAt(config(), at)[0]);
      default:
        return words.notYou(agent);
    }
  }

  /** The bot's own word on an event; the event is settled once the word is sure to be said. */
  async function reply(key: string, address: Address, post: Post, answers?: ChatMessage): Promise<void> {
    const letter = {
      address: post.only?.at ?? address,
      post,
      key: { id: runIdFor(key), since: answers?.at ?? now(), ...(answers ? { answers: answers.id } : {}) },
    };
    const { kept, posted } = postman.send(letter);
    void posted;
    await kept;
    await journal.settle([key]);
  }

  // ---- after a crash

  async function open(name: string): Promise<void> {
    await postman.resume(name);
    const taken = new Set<string>();
    for (const run of await ledger.unfinished(name)) {
      for (const event of run.events) taken.add(event);
      if (await outbox.has(run.id)) {
        await ledger.keep({ ...run, state: "finished" });
        await journal.settle(run.events);
        continue;
      }
      const conversation = await conversations.at(run.address);
      if (run.state === "parked") launch(run, conversation, true);
      else if (run.changed) await interrupted(run);
      else launch({ ...run, attempt: run.attempt + 1 }, conversation, true);
    }
    for (const event of await journal.owed(name)) {
      if (taken.has(event.key) || heardNow.has(event.key)) continue;
      const told = await outbox.has(runIdFor(event.key));
      if (told || now() - timeOf(event) > answeredWithinMs) await journal.settle([event.key]);
      else {
        left.add(event.key);
        handle(event);
      }
    }
    doors.get(name)?.resolve();
  }

  async function interrupted(run: Run): Promise<void> {
    const words = wordsAt(run.address);
    const post = {
      text: words.failed({ why: words.why.interrupted, changed: true, soFar: "", run: run.id }),
      card: { buttons: [{ id: "retry", value: run.id, text: words.retry }] },
    };
    const key = { id: run.id, since: run.at, again: true, ...(run.message ? { answers: run.message } : {}) };
    await postman.send({ address: run.address, post, key }).kept;
    await ledger.keep({
      ...run,
      state: "finished",
      outcome: { kind: "failed", code: "interrupted", detail: "restarted" },
    });
    await journal.settle(run.events);
  }

  async function drain(deadlineMs: number): Promise<void> {
    stopping = true;
    await Promise.allSettled([...adapters.values()].map((one) => one.quiet()));
    const deadline = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), deadlineMs).unref());
    const idle = async () => {
      await Promise.allSettled([...handling]);
      await Promise.allSettled([...active].map((conversation) => conversation.active?.done));
    };
    await Promise.race([idle(), deadline]);
    for (const conversation of active) conversation.active?.handOver();
    await Promise.race([postman.stop(), deadline]);
  }

  return {
    inbox: {
      hear,
      heardUntil: (name) => journal.heardUntil(name),
      recentThreads: async (name) => {
        const seen = new Set<string>();
        const runs = await ledger.recent(name, threadsToCatchUp);
        return runs.flatMap(({ address }) => {
          const key = conversationKey(address);
          if (!address.thread || seen.has(key)) return [];
          seen.add(key);
          return [address];
        });
      },
    },
    open,
    async tellAdmins(text, id) {
      const at = config().workspace.admin_channel;
      if (!at) return;
      const split = at.indexOf(":");
      const address = { adapter: at.slice(0, split), channel: at.slice(split + 1) };
      if (adapters.has(address.adapter))
        await postman.send({ address, post: { text }, key: { id: runIdFor(`${id}:${now()}`), since: now() } }).kept;
    },
    resume: (run, results) => answers.resume(run, results),
    busy: () => active.size,
    stop: drain,
  };
}

function addressOf(event: ChatEvent): Address {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message.address;
    case "command":
      return event.command.address;
    case "press":
      return event.press.address;
    default:
      return event.address;
  }
}

/** Where an event takes its turn: with the conversation it belongs to. */
function placeOf(event: ChatEvent): Address {
  return event.kind === "message" ? event.message.answerAt : addressOf(event);
}

function timeOf(event: ChatEvent): number {
  switch (event.kind) {
    case "message":
    case "edited":
      return event.message.at;
    case "command":
      return event.command.at;
    case "press":
      return event.press.at;
    default:
      return event.at;
  }
}

/** Ids of one channel sort by age: longer numbers are newer, else letter by letter. */
function isOlder(id: string, than: string): boolean {
  return id.length === than.length ? id < than : id.length < than.length;
}

/** Shut until it is opened; what waits goes on then. */
function createDoor(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}
