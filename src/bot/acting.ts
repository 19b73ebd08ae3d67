import type { ChatCommand, ChatEvent, ChatMessage, Post, Press } from "../chat.ts";
import { wordsOf } from "../words/words.ts";
import { questionIn } from "./desk/ask.ts";
import type { Conversation } from "./desk/conversation.ts";
import { type Desk, languageAt, languageFor, reply, zoneAt } from "./desk/desk.ts";
import type { Attention } from "./hearing/attention.ts";
import type { Changes } from "./hearing/changes.ts";
import { misspelledOrder, orderOf } from "./hearing/order.ts";
import type { Orders } from "./orders/orders.ts";
import type { Welcome } from "./orders/welcome.ts";
import type { PromptForms } from "./prompts/prompt-forms.ts";
import type { ServerPrompts } from "./prompts/server-prompts.ts";
import type { Questions } from "./questions/questions.ts";
import type { Shortcuts } from "./questions/shortcuts.ts";
import type { digestPresses } from "./scheduling/digest-presses.ts";
import { scheduleTextIn, spokenOrderIn } from "./scheduling/order.ts";
import type { Places } from "./scheduling/places.ts";
import type { ScheduleOrders } from "./scheduling/scheduling.ts";
import { type SignInOrders, signInButtons, signInOrderIn } from "./servers/sign-in-orders.ts";
import { toolButtons } from "./servers/tool-offers.ts";
import { toolOrderIn, toolsTextIn } from "./servers/tool-order.ts";
import type { ToolOrders } from "./servers/tool-orders.ts";

/** Those who do what events ask for, each its own kind. */
export type ActingParts = {
  attention: Attention;
  questions: Questions;
  orders: Orders;
  shortcuts: Shortcuts;
  changes: Changes;
  welcome: Welcome;
  prompts: ServerPrompts;
  promptForms: PromptForms;
  toolOrders: ToolOrders;
  signInOrders: SignInOrders;
  pressDigest: ReturnType<typeof digestPresses>;
  channelNames: Places;
  scheduling(): ScheduleOrders;
};

/** A message edited to call the bot is answered if it was said no longer ago. */
const longestAgoMs = 24 * 3_600_000;

/** Gives each event to whoever it is for. */
export function createActing(desk: Desk, parts: ActingParts): (event: ChatEvent) => Promise<void> {
  const { conversations, store, now } = desk;
  const { attention, questions, orders, shortcuts, changes, welcome, prompts, promptForms } = parts;
  const { toolOrders, signInOrders, pressDigest, channelNames, scheduling } = parts;
  const { journal } = store;

  async function act(event: ChatEvent): Promise<void> {
    switch (event.kind) {
      case "message":
        return actOnMessage(event.key, event.message);
      case "command":
        return actOnCommand(event.key, event.command);
      case "press":
        return actOnPress(event.key, event.press);
      case "stop":
        return orders.stopped(event.key, event.address, event.person);
      case "edited":
        return actOnEdit(event.key, event.message);
      case "deleted":
        await changes.deleted(event.address, event.message);
        return journal.settle([event.key]);
      case "shortcut":
        if (event.shortcut.name === "schedule-this") return scheduling().shortcut(event.key, event.shortcut);
        return shortcuts.used(event.key, event.shortcut);
      case "submit":
        if (event.submit.id.startsWith("schedule-")) return scheduling().submit(event.key, event.submit);
        if (event.submit.id === "prompt-form") return promptForms.submitted(event.key, event.submit);
        return shortcuts.submitted(event.key, event.submit);
      case "joined":
        return welcome.joined(event.key, event);
      default:
        return journal.settle([event.key]);
    }
  }

  function actOnCommand(event: string, command: ChatCommand): Promise<void> {
    const { name, text, address: at, person: by, whisper } = command;
    if (name === "schedule") return scheduling().command(event, command);
    if (name !== "bellhop") return orders.command(event, command);
    // A shell has one command for all.
    const scheduled = scheduleTextIn(text);
    if (scheduled !== undefined) return scheduling().command(event, { ...command, text: scheduled });
    const from = { event, at, by, whisper };
    const aboutTools = toolsTextIn(text);
    if (aboutTools !== undefined) return toolOrders.order(from, toolOrderIn(aboutTools));
    const signIn = signInOrderIn(text);
    if (signIn) return signInOrders.order(from, signIn);
    return orders.command(event, command);
  }

  async function actOnMessage(event: string, message: ChatMessage): Promise<void> {
    const conversation = await attention.conversationOf(message);
    // Again here, for those that were let in by their mention: replies may be off.
    const verdict = await attention.verdictOn(message, conversation);
    if (!verdict.wanted && verdict.why !== "talkedPast") {
      await attention.keepQuiet(message, conversation, verdict.why);
      return journal.settle([event]);
    }
    const at = message.answerAt;
    const order = orderOf(message.text);
    // Names of channels are told where people name them; agents go by names.
    if (message.channels?.length) await channelNames.remember(at.adapter, message.channels);
    // `why` is asked about the silence before it.
    if (order !== "why") conversation.silence = undefined;
    await conversations.keep(conversation);
    await (order ? orders.verb(event, order, message, conversation) : actOnWords(event, message, conversation));
  }

  /** What was said is an order of more than one word, or a question. */
  async function actOnWords(event: string, message: ChatMessage, conversation: Conversation): Promise<void> {
    const { answerAt: at, author: by } = message;
    const from = { event, at, by, whisper: { person: by.id } };
    // What only begins as an order about tools is a question.
    const aboutTools = toolOrderIn(toolsTextIn(message.text) ?? "-");
    if (aboutTools) return toolOrders.order(from, aboutTools);
    const signIn = signInOrders.saidIn(message.text);
    if (signIn) return signInOrders.order(from, signIn);
    const language = languageAt(desk, at);
    const scheduled = spokenOrderIn(message.text, { now: now(), zone: zoneAt(desk, at), language });
    if (scheduled !== undefined) return scheduling().said(event, scheduled, message);
    const question = await questionIn(desk, event, message);
    const words = wordsOf(question.language);
    const say = (post: Post) => reply(desk, event, at, post, message);
    const near = message.mention ? misspelledOrder(message.text) : undefined;
    if (near) return say({ text: words.unknownVerb(message.text.trim(), near) });
    await questions.ask(question, conversation, { say, whisper: from.whisper, words });
  }

  async function actOnPress(event: string, press: Press): Promise<void> {
    if (press.id.startsWith("schedule-")) return scheduling().press(event, press);
    if (press.id in signInButtons) return signInOrders.press(event, press);
    if (press.id in toolButtons) return toolOrders.press(event, press);
    if (press.id === "prompt-fill") return promptForms.press(event, press);
    const { address, person, whisper } = press;
    const told = await pressDigest(press, await languageFor(desk, person.id, address));
    if (told === undefined) return orders.press(event, press);
    await reply(desk, event, address, { ...told, only: whisper });
  }

  async function actOnEdit(event: string, message: ChatMessage): Promise<void> {
    const conversation = await attention.conversationOf(message);
    const known = await changes.edited(event, message, conversation, async () =>
      prompts.inEdit(await questionIn(desk, event, message), conversation.agent),
    );
    if (known) return;
    // It was nothing to the bot before, and calls it now.
    const called = (message.mention || message.direct) && message.at > now() - longestAgoMs;
    return called ? actOnMessage(event, message) : journal.settle([event]);
  }

  return act;
}
