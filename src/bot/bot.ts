import type { Access } from "../access/access.ts";
import type { ToolResult } from "../agent/tool.ts";
import type { ChatAdapter, ChatEvent, Inbox } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import type { Ledger } from "../runs/ledger.ts";
import { type Run, runIdFor } from "../runs/run.ts";
import type { Runner } from "../runs/runner.ts";
import type { Schedules, SchedulesOptions } from "../schedules/schedules.ts";
import { realTime, type Time } from "../schedules/time.ts";
import type { Work } from "../schedules/work.ts";
import type { Store } from "../store/store.ts";
import type { Gate, OwnToolbox } from "../tools/gate.ts";
import type { SignIns } from "../tools/oauth/sign-ins.ts";
import type { Logger } from "../watch/log.ts";
import type { Redact } from "../watch/redact.ts";
import { createActing } from "./acting.ts";
import { createAnswers } from "./answers/answers.ts";
import { createAskingBack } from "./asking-back/asking-back.ts";
import { createAttachments } from "./briefing/attachments.ts";
import { createBriefing } from "./briefing/briefing.ts";
import { createPromptFetching } from "./briefing/prompt-fetching.ts";
import type { PromptServer } from "./briefing/prompt-server.ts";
import { adminPlace } from "./desk/admins.ts";
import { conversationKey, createConversations } from "./desk/conversation.ts";
import type { Desk } from "./desk/desk.ts";
import { createPeople } from "./desk/people.ts";
import { createPostman } from "./desk/postman.ts";
import { createFailing } from "./failing.ts";
import { createAttention } from "./hearing/attention.ts";
import { createChanges } from "./hearing/changes.ts";
import { createIntake } from "./hearing/intake.ts";
import { createOrders } from "./orders/orders.ts";
import { createRatings } from "./orders/ratings.ts";
import { createReports, type Health } from "./orders/reports.ts";
import { createWelcome } from "./orders/welcome.ts";
import { createPromptForms } from "./prompts/prompt-forms.ts";
import { createPromptSuggesting } from "./prompts/prompt-suggesting.ts";
import { promptValues } from "./prompts/prompt-values.ts";
import { createServerPrompts } from "./prompts/server-prompts.ts";
import { createAloud } from "./questions/aloud.ts";
import { agentsLike } from "./questions/choose-agent.ts";
import { createQuestions } from "./questions/questions.ts";
import { createShortcuts } from "./questions/shortcuts.ts";
import { takeUp } from "./recovery.ts";
import { digestPresses } from "./scheduling/digest-presses.ts";
import { createDigests } from "./scheduling/digest-work.ts";
import { createNotices } from "./scheduling/notices.ts";
import { ownersOver } from "./scheduling/owners.ts";
import { createPlaces } from "./scheduling/places.ts";
import { createScheduleOrders, type ScheduleOrders } from "./scheduling/scheduling.ts";
import { createScheduledWork } from "./scheduling/work.ts";
import { createSignInOrders } from "./servers/sign-in-orders.ts";
import { createToolOrders, type ToolTrust } from "./servers/tool-orders.ts";
import { ownToolboxes } from "./toolboxes.ts";

/** Bellhop as seen in chat: hears, picks the agent, keeps the conversation, answers. */
export type Bot = {
  inbox: Inbox;
  /** An adapter is connected: takes up what an earlier process left there, then handles what is heard from it. */
  open(adapter: string): Promise<void>;
  /** Says something where the team's admins read. */
  tellAdmins(text: string, key: string): Promise<void>;
  /** Tools of a server are held back: the admins are told. */
  toolsHeld(server: string): Promise<void>;
  /** What schedules need of it. */
  scheduled: Pick<SchedulesOptions, "work" | "notice" | "isOwnerGone">;
  /** What agents can do with it. */
  toolboxes: OwnToolbox[];
  /** A parked run goes on with what its calls waited for. */
  resume(run: string, results: { call: string; result: ToolResult }[]): Promise<boolean>;
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
  /** MCP servers, for the prompts they have. */
  servers(): readonly PromptServer[];
  /** The accounts of MCP servers. */
  signIns: SignIns;
  /** What is trusted of MCP servers' tools. */
  tools: ToolTrust;
  /** Opened after the bot, which does their work, and before anything is heard. */
  schedules(): Schedules;
  health(): Health;
  /** A model answered, or failed to. */
  noteModel(name: string, state: { state: "ok" | "failing"; error?: string }): void;
  log: Logger;
  redact: Redact;
  now(): number;
  /** What schedules go by. */
  time?: Time | undefined;
};

const botName = "Bellhop";
const threadsToCatchUp = 100;

/** The bot over its parts. */
export function createBot(parts: BotParts): Bot {
  const { config, adapters, store, ledger, access, log, now } = parts;
  const adapter = (name: string) => adapters.get(name);
  const keptMs = () => config().workspace.retention.runs;
  const conversations = createConversations({ ledger, kv: store.kv("conversations"), keptMs });
  const postman = createPostman({ adapter, outbox: store.outbox, shelf: store.shelf, log, now });
  const people = createPeople(adapter);
  const desk: Desk = { config, adapter, store, ledger, access, people, conversations, postman, log, now };

  const { failed, failedEvent } = createFailing(desk);
  const intake = createIntake(desk, adapters.keys(), { act: (event) => act(event), failed: failedEvent });
  const { wasLeft } = intake;

  const promptFiles = store.kv("prompt-files");
  const fetching = createPromptFetching({ servers: parts.servers, files: promptFiles, redact: parts.redact });
  const attachments = createAttachments({
    contents: (name, file, signal) => fetching.read(file) ?? adapter(name)?.read(file, signal),
    runner: parts.runner,
    log,
  });
  const briefing = createBriefing({ config, ledger, attachments, prompts: fetching, now });
  const prompts = createServerPrompts(desk, parts.servers);
  const values = promptValues(parts);
  const suggestPrompts = createPromptSuggesting(desk, { servers: parts.servers, values });
  const asking = createAskingBack(desk, { time: parts.time ?? realTime, redact: parts.redact });
  const who = (run: Run) => people.known(run.asker.id);
  const answers = createAnswers({ ...parts, ...desk, journal: store.journal, briefing, asking, who });
  const questions = createQuestions(desk, answers, { wasLeft, failed, prompts });
  const { trusted } = parts.tools;
  const reports = createReports(desk, { health: parts.health, trusted, besides: prompts.besides, botName });
  const ratings = createRatings(ledger, store.outbox);
  const aloud = createAloud(desk, questions, wasLeft);
  const orders = createOrders(desk, { questions, reports, prompts, aloud, ratings }, wasLeft);
  const attention = createAttention(desk);
  let scheduleOrders: ScheduleOrders | undefined;
  const scheduling = () => {
    scheduleOrders ??= createScheduleOrders(desk, parts.schedules(), prompts, parts.time);
    return scheduleOrders;
  };
  const digests = createDigests(desk);
  const scheduledWork = createScheduledWork(desk, { answers, digests, prompts });
  const welcome = createWelcome(desk, {
    reports,
    botName,
    schedulesOf: (person, at) => scheduling().mine(person, at),
  });

  const toolOrders = createToolOrders(desk, { trust: parts.tools, redact: parts.redact, opened: intake.opened });
  const act = createActing(desk, {
    attention,
    questions,
    orders,
    shortcuts: createShortcuts(desk, questions, aloud),
    changes: createChanges(desk),
    welcome,
    prompts,
    promptForms: createPromptForms(desk, { prompts, values, questions, aloud }),
    toolOrders,
    signInOrders: createSignInOrders(desk, parts.signIns),
    pressDigest: digestPresses(desk, digests, parts.schedules),
    channelNames: createPlaces(desk),
    scheduling,
  });
  let stopping = false;

  async function hear(event: ChatEvent): Promise<void> {
    if (stopping) throw new Error("Bellhop is stopping; the platform will tell this again");
    // These owe nobody anything, and may be lost with the process.
    if (event.kind === "opened") return intake.aside(welcome.opened(event), event.key);
    if (event.kind === "reaction") return ratings.reacted(event);
    if (asking.concerns(event)) return intake.aside(asking.heard(event), event.key);
    if (!(await attention.concerns(event))) return;
    await intake.take(event);
  }

  const work: Work = (schedule, slot, options) =>
    scheduledWork.work(schedule, slot, options).finally(() => scheduling().boards.changed(schedule));

  async function recentThreads(name: string) {
    const runs = await ledger.recent(name, threadsToCatchUp);
    const threads = new Map(runs.map(({ address }) => [conversationKey(address), address]));
    return [...threads.values()].filter((address) => address.thread !== undefined);
  }

  async function stop(deadlineMs: number): Promise<void> {
    stopping = true;
    questions.close();
    const toldSo = asking.stop();
    toolOrders.stop();
    // What can't be delivered at once stays in the outbox for the next start.
    postman.hurry();
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, deadlineMs).unref());
    const idle = async () => {
      await Promise.allSettled([...adapters.values()].map((one) => one.quiet()));
      await intake.idle();
      // What a person would have to answer first is left to the next start.
      const waits = ({ state, id }: Run) => state === "parked" || asking.isAsking(id);
      const underway = [...questions.active].filter(({ active }) => active && !waits(active.run));
      await Promise.allSettled(underway.map(({ active }) => active?.done));
    };
    await Promise.race([idle(), deadline]);
    for (const { active } of questions.active) active?.handOver();
    scheduledWork.handOver();
    await Promise.race([toldSo, deadline]);
    await Promise.race([scheduleOrders?.boards.stop(), deadline]);
    await Promise.race([postman.stop(), deadline]);
  }

  return {
    inbox: {
      hear,
      check: async (filled) => (filled.id.startsWith("schedule-") ? scheduling().check(filled) : asking.check(filled)),
      heardUntil: (name) => store.journal.heardUntil(name),
      recentThreads,
      async suggest(query) {
        if (query.field === "question") return suggestPrompts(query);
        return query.field === "when" ? scheduling().suggest(query) : agentsLike(config(), query.address, query.typed);
      },
    },
    async open(name) {
      await asking.open(name);
      await takeUp(desk, questions, name, intake);
      intake.open(name);
      await scheduling().boards.open(name);
    },
    async tellAdmins(text, id) {
      const address = adminPlace(config());
      if (!address || !adapters.has(address.adapter)) return;
      await postman.send({ address, post: { text }, key: { id: runIdFor(`${id}:${now()}`), since: now() } }).kept;
    },
    toolsHeld: toolOrders.held,
    scheduled: { work, notice: createNotices(desk), isOwnerGone: ownersOver(desk) },
    toolboxes: ownToolboxes(desk, { schedules: parts.schedules, prompts }),
    resume: (run, results) => answers.resume(run, results),
    stop,
  };
}
