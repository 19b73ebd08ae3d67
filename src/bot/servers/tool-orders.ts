import { randomInt } from "node:crypto";
import type { Address, Author, Post, Press, Whisper } from "../../chat.ts";
import type { McpServers } from "../../tools/mcp-servers.ts";
import { isMeant } from "../../tools/meant.ts";
import type { HeldTool } from "../../tools/pins.ts";
import { unfitting } from "../../tools/unfitting.ts";
import type { Redact } from "../../watch/redact.ts";
import { asCode } from "../../words/as-code.ts";
import { plainLine } from "../../words/plain-line.ts";
import { type Words, wordsOf } from "../../words/words.ts";
import { refusalOfOthers } from "../desk/admins.ts";
import { type Desk, languageAt, reply, wordsFor } from "../desk/desk.ts";
import { serverState } from "./server-state.ts";
import { drawDiff } from "./tool-diff.ts";
import { createToolNotices, type ToolNotices } from "./tool-notices.ts";

/** What can be asked of servers and their tools. */
export type ToolOrder = { verb: "list" | "diff" | "accept"; name?: string; code?: string };

/** Orders about servers and their tools, and what admins are told of them. */
export type ToolOrders = ToolNotices & {
  /** Does what was asked, and says so to whoever asked alone. */
  order(event: string, order: ToolOrder | undefined, at: Address, by: Author, whisper: Whisper): Promise<void>;
  /** A button under what is held back. */
  press(event: string, press: Press): Promise<void>;
};

/** How servers are, what is trusted of their tools, and how more of it is. */
export type ToolTrust = Pick<McpServers, "report" | "trusted" | "accept">;

/** The button that accepts what stands above it. */
export const acceptButton = "tools-accept";

/** What was shown to admins, and may be accepted as it was shown. */
type Offer = { server: string; tools: { name: string; hash: string }[]; notice?: string };

const offeredForMs = 7 * 24 * 3_600_000;
const mostNamed = 12;
const longestAbout = 200;
/** No name is cut off before its code. */
const longestOrder = 500;
const letters = "abcdefghjkmnpqrstuvwxyz23456789";
const codeLength = 6;
const verbs: Record<string, ToolOrder["verb"]> = { diff: "diff", accept: "accept", 差異: "diff", 接受: "accept" };

/** What is asked after `tools`: what comes there is an order, so undefined is one that can't be understood. */
export function toolOrderIn(text: string): ToolOrder | undefined {
  const [first = "", name, code, ...more] = text.split(/\s+/).filter(Boolean);
  if (first === "") return { verb: "list" };
  const verb = verbs[first.toLowerCase()];
  if (!verb || more.length > 0 || (verb === "diff" && code !== undefined)) return undefined;
  return { verb, ...(name === undefined ? {} : { name }), ...(code === undefined ? {} : { code }) };
}

/** What is asked of tools by a whole text, as it is said after a mention or typed after `/bellhop`. */
export function toolsTextIn(text: string): string | undefined {
  const found = /^\s*\/?(?:bellhop\s+)?(?:tools|工具)(?:\s+([\s\S]*))?$/i.exec(text);
  return found ? (found[1] ?? "") : undefined;
}

/** Orders over the desk and the servers; `opened` resolves once an adapter is connected. */
export function createToolOrders(
  desk: Desk,
  parts: { trust: ToolTrust; redact: Redact; opened(adapter: string): Promise<void> },
): ToolOrders {
  const { people, store, log } = desk;
  const { trust, redact } = parts;
  const offers = store.kv("tool-offers");

  const refusal = (by: Author, whisper: Whisper, words: Words) =>
    refusalOfOthers(desk, { by, whisper, words }, words.tools.adminsOnly);

  function list(words: Words): Post {
    const told = words.tools;
    const names = (all: readonly string[]) =>
      told.names(
        all.slice(0, mostNamed).map((name) => asCode(name)),
        Math.max(0, all.length - mostNamed),
      );
    const trusted = new Map(trust.trusted().map((one) => [one.server, one]));
    const settings = new Map(desk.config().mcp_servers.map((one) => [one.name, one]));
    const lines = trust.report().flatMap((report) => {
      const { free = [], held = [], shown = [] } = trusted.get(report.name) ?? {};
      const about = plainLine(settings.get(report.name)?.description ?? "", longestAbout);
      const named = report.state === "connected" ? free : [];
      const changed = held.flatMap(({ is, was }) => (was ? [is.name] : []));
      const fresh = held.flatMap(({ is, was }) => (was ? [] : [is.name]));
      const odd = report.state === "connected" ? unfittingOf(report.name, shown) : [];
      return [
        told.server(report.name, redact(serverState(report, words, true))),
        ...(about ? [about] : []),
        ...(named.length > 0 ? [names(named)] : []),
        ...(held.length > 0 ? [told.heldList(names(changed), names(fresh), `\`tools diff ${report.name}\``)] : []),
        ...(odd.length > 0 ? [told.unfitting(names(odd))] : []),
      ];
    });
    return { text: lines.length > 0 ? lines.join("\n") : told.noServers };
  }

  /** A slip in a filter or a preset makes it hold for nothing, and nobody would notice. */
  function unfittingOf(server: string, shown: readonly string[]): string[] {
    const { agents, mcp_servers } = desk.config();
    const settings = mcp_servers.find(({ name }) => name === server);
    if (!settings) return [];
    const wanted = shown.filter((tool) => isMeant(tool, settings));
    const ofAgents = agents.flatMap((agent) =>
      agent.mcp_servers
        .filter(({ name }) => name === server)
        .flatMap((one) => unfitting(one, wanted).map((what) => `${agent.name}: ${what}`)),
    );
    return [...unfitting(settings, shown), ...ofAgents];
  }

  /** What a name means: a server, or one of its tools; names of both may have dots. */
  function find(name: string): { server: string; held: HeldTool[] } | undefined {
    for (const { server, free, held } of trust.trusted()) {
      if (name === server) return { server, held };
      const tool = name.startsWith(`${server}.`) ? name.slice(server.length + 1) : undefined;
      const meant = held.filter(({ is }) => is.name === tool);
      if (meant.length > 0 || free.some((one) => one === tool)) return { server, held: meant };
    }
    return undefined;
  }

  /** Shows what is held back; what is shown may be accepted by its code, or by the button. */
  async function show(
    name: string,
    { server, held }: { server: string; held: HeldTool[] },
    words: Words,
    options: { whole: boolean; notice?: string },
  ): Promise<Post> {
    const told = words.tools;
    const { text, files } = drawDiff(server, held, words, options);
    const code = Array.from({ length: codeLength }, () => letters[randomInt(letters.length)]).join("");
    const offer: Offer = {
      server,
      tools: held.map(({ is, hash }) => ({ name: is.name, hash })),
      ...(options.notice ? { notice: options.notice } : {}),
    };
    await offers.set(code, offer, offeredForMs);
    const head = options.notice ? `${options.notice}\n\n` : "";
    return {
      text: `${head}${text}\n\n${told.howToAccept(asCode(`tools accept ${name} ${code}`, longestOrder))}`,
      ...(files ? { files } : {}),
      card: { buttons: [{ id: acceptButton, value: code, text: told.accept, style: "primary" }] },
    };
  }

  async function diff(name: string | undefined, words: Words, whole: boolean): Promise<Post> {
    const told = words.tools;
    if (name === undefined) {
      const some = trust.trusted().filter(({ held }) => held.length > 0);
      const [only] = some;
      return only && some.length === 1 ? show(only.server, only, words, { whole }) : list(words);
    }
    const found = find(name);
    if (!found) return { text: told.unknown(asCode(name)) };
    return found.held.length > 0 ? show(name, found, words, { whole }) : { text: told.noneHeld(asCode(name)) };
  }

  async function accept({ name, code }: ToolOrder, by: Author, words: Words, whole: boolean): Promise<Post> {
    const told = words.tools;
    const found = name === undefined ? undefined : find(name);
    if (name === undefined) return { text: told.usage };
    if (!found) return { text: told.unknown(asCode(name)) };
    if (found.held.length === 0) return { text: told.noneHeld(asCode(name)) };
    if (code === undefined) {
      const shown = await show(name, found, words, { whole });
      return { ...shown, text: `${told.seeFirst}\n\n${shown.text}` };
    }
    const offer = await offers.get<Offer>(code.toLowerCase());
    if (offer?.server !== found.server) return { text: told.oldCode(asCode(code)) };
    const isMeant = (tool: string) => name === offer.server || name === `${offer.server}.${tool}`;
    const meant = offer.tools.filter((one) => isMeant(one.name));
    if (meant.length === 0) return { text: told.oldCode(asCode(code)) };
    return (await take({ ...offer, tools: meant }, by, words)).post;
  }

  async function take({ server, tools }: Offer, by: Author, words: Words): Promise<{ post: Post; all: boolean }> {
    const told = words.tools;
    const accepted = await trust.accept(server, tools);
    if (accepted.length > 0) log.info({ server, tools: accepted, by: by.id }, "tools accepted");
    const left = tools.filter(({ name }) => !accepted.includes(name)).map(({ name }) => asCode(name));
    const text = [
      ...(accepted.length > 0
        ? [
            told.accepted(
              server,
              accepted.map((name) => asCode(name)),
            ),
          ]
        : []),
      ...(left.length > 0 ? [told.changedSince(left)] : []),
    ];
    return { post: { text: text.join("\n") }, all: left.length === 0 };
  }

  /** The notice says who accepted, and has no button any more. */
  async function settle({ address, message, person }: Press, notice: string): Promise<void> {
    const language = languageAt(desk, address);
    const text = `${notice}\n${wordsOf(language).tools.acceptedBy(await people.nameOf(person))}`;
    await desk
      .adapter(address.adapter)
      ?.edit({ address, id: message }, { text, language })
      .catch((error: unknown) => log.warn({ err: error }, "that tools were accepted could not be shown"));
  }

  const notices = createToolNotices(desk, {
    trusted: trust.trusted,
    opened: parts.opened,
    draw: (server, held, notice, words) => show(server, { server, held }, words, { whole: false, notice }),
  });

  return {
    async order(event, order, at, by, whisper) {
      const words = await wordsFor(desk, by.id, at);
      const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
      const no = await refusal(by, whisper, words);
      if (no) return privately(no);
      // Whoever asks from a shell has no files.
      const whole = whisper.at !== undefined;
      if (!order) return privately({ text: words.tools.usage });
      if (order.verb === "list") return privately(list(words));
      if (order.verb === "diff") return privately(await diff(order.name, words, whole));
      return privately(await accept(order, by, words, whole));
    },
    async press(event, press) {
      const { address: at, person, whisper, value = "" } = press;
      const words = await wordsFor(desk, person.id, at);
      const privately = (post: Post) => reply(desk, event, at, { ...post, only: whisper });
      const no = await refusal(person, whisper, words);
      if (no) return privately(no);
      const offer = await offers.get<Offer>(value);
      if (!offer) return privately({ text: words.gone });
      const { post, all } = await take(offer, person, words);
      if (all && offer.notice !== undefined) await settle(press, offer.notice);
      return privately(post);
    },
    ...notices,
  };
}
