import { agentsAt, channelAt } from "../../access/places.ts";
import type { Address, Author, ChatEvent, PersonId } from "../../chat.ts";
import { type Desk, reply, wordsAt, wordsFor } from "../desk/desk.ts";
import { byName } from "../questions/choose-agent.ts";
import type { Reports } from "./reports.ts";

/** How the bot meets people: in a channel it is invited to, on its own page, in a DM not yet begun. */
export type Welcome = {
  joined(event: string, joined: ChatEvent & { kind: "joined" }): Promise<void>;
  opened(opened: ChatEvent & { kind: "opened" }): Promise<void>;
};

const mostPrompts = 4;

/** Welcomes over the desk. */
export function createWelcome(
  desk: Desk,
  parts: { reports: Reports; botName: string; schedulesOf(person: PersonId, at: Address): Promise<string[]> },
): Welcome {
  const { reports, botName, schedulesOf } = parts;
  const { config, store, now } = desk;

  async function home(address: Address, person: Author): Promise<void> {
    const words = await wordsFor(desk, person.id, address);
    const who = await desk.people.who(person.id, { roles: true });
    const reader = { who, at: address, words };
    const schedules = await schedulesOf(person.id, address);
    const said = [
      words.home.hello(botName),
      `### ${words.home.agents}`,
      await reports.agents(reader),
      ...(schedules.length > 0 ? [`### ${words.schedules.yours}`, ...schedules] : []),
      `### ${words.home.health}`,
      reports.status(reader),
      `### ${words.home.start}`,
      reports.help(words),
    ];
    await desk.adapter(address.adapter)?.home?.(person.id, { text: said.join("\n\n") });
  }

  /** Ways to begin: what the bot is for, and the first agents by name. */
  async function prompts(address: Address, person: Author): Promise<void> {
    const words = await wordsFor(desk, person.id, address);
    const agents = agentsAt(config(), address).slice(0, mostPrompts - 2);
    await desk.adapter(address.adapter)?.prompt?.(address, [
      ...agents.map((name) => ({
        title: words.prompts.askAgent(name, byName(config(), name)?.role ?? ""),
        text: words.prompts.whatCanYouDo(name),
      })),
      { title: words.prompts.whoIsHere, text: "agents" },
      { title: words.prompts.help, text: "help" },
    ]);
  }

  return {
    async joined(event, { ours, address }) {
      const { adapter, channel, thread } = address;
      const quiet = !ours || thread !== undefined || channelAt(config(), address)?.reply === "off";
      // Once for each channel: whoever takes the bot out and in again knows it.
      if (quiet || !(await store.claims.claim(`greeted:${adapter}:${channel}`, now(), event)))
        return store.journal.settle([event]);
      await reply(desk, event, address, {
        text: wordsAt(desk, address).greeting(botName, agentsAt(config(), address)),
      });
    },
    async opened({ what, address, person }) {
      if (what === "home") await home(address, person);
      else await prompts(address, person);
    },
  };
}
