import type { Tool as Shown } from "@modelcontextprotocol/sdk/types.js";
import type { Tool } from "../../agent/tool.ts";
import { type HeldTool, openAmong, type Pins, type SeenTool } from "../pins.ts";

/** The tools of one server, as far as they are what was trusted; the others are known, and called by nobody. */
export type TrustedTools = {
  /** What the server shows from now on. Contract: when it rejects nothing is offered any more. */
  see(shown: readonly Shown[]): Promise<void>;
  /** Also those that are held back, which say so. */
  tools(): Tool[];
  /** Names of those that may be called. */
  free(): string[];
  held(): HeldTool[];
  /** All that the server shows, also what its settings keep from everybody. */
  shown(): readonly Shown[];
  /** Trusts those among these that still look so; gives the names of all that are trusted as they are given here. */
  accept(wanted: readonly { name: string; hash: string }[]): Promise<string[]>;
  /** Turns down those among these that are held back and still look so; gives the names of all that are turned down as given here. */
  reject(wanted: readonly { name: string; hash: string }[]): Promise<string[]>;
};

/** `pins` is missing where nothing is pinned: everything shown is trusted. */
export function trustedTools(parts: {
  server: string;
  pins: Pins | undefined;
  toolOf(shown: Shown): Tool;
  /** The settings of the server let it through; what they don't is of no interest to anybody. */
  isWanted(shown: Shown): boolean;
  /** Some are held back now. */
  onHeld(): void;
}): TrustedTools {
  const { server, pins, toolOf, isWanted } = parts;
  let shown: readonly Shown[] = [];
  let tools: Tool[] = [];
  let held: HeldTool[] = [];
  /** What may be called now, by the hash of how it looks. */
  let trusted = new Map<string, string>();

  async function sort(): Promise<void> {
    if (!pins) {
      tools = shown.filter(isWanted).map(toolOf);
      trusted = new Map(tools.map(({ name }) => [name, ""]));
      return;
    }
    try {
      const checked = await pins.check(server, shown);
      const free = checked.free.filter(({ tool }) => isWanted(tool));
      held = checked.held.filter(({ tool }) => isWanted(tool));
      trusted = new Map(free.map(({ tool, hash }) => [tool.name, hash]));
      tools = [...free, ...held].map(guarded);
    } catch (error) {
      [tools, held, trusted] = [[], [], new Map()];
      throw error;
    }
    if (openAmong(held).length > 0) parts.onHeld();
  }

  /** A tool that is asked anew before each call whether it still is what it was when a run was told of it. */
  function guarded({ tool, hash }: SeenTool): Tool {
    const made = toolOf(tool);
    const withheld = () => whyNot(tool.name, hash);
    return {
      ...made,
      withheld,
      async run(input, signal, meanwhile) {
        const why = withheld();
        return why === undefined ? made.run(input, signal, meanwhile) : { text: why, failed: true };
      },
    };
  }

  function whyNot(name: string, hash: string): string | undefined {
    const now = trusted.get(name);
    if (now === hash) return undefined;
    const tool = `The tool "${name}" of ${server}`;
    if (now !== undefined)
      return `${tool} was changed meanwhile. It was not called: ask for it anew to have it as it is now.`;
    const found = held.find((one) => one.is.name === name);
    if (!found) return `${tool} is not there any more. It was not called.`;
    const what = found.was ? "was changed by its server" : "is new on its server";
    if (found.rejected) return `${tool} ${what}, and an admin turned that down. It was not called. Tell the person.`;
    return `${tool} ${what} and is held back until an admin accepts it. It was not called. Tell the person.`;
  }

  /** Those of these that are held back and look so. */
  function among(wanted: readonly { name: string; hash: string }[]): HeldTool[] {
    return held.filter(({ is, hash }) => wanted.some((one) => one.name === is.name && one.hash === hash));
  }

  return {
    see(now) {
      shown = now;
      return sort();
    },
    tools: () => tools,
    free: () => [...trusted.keys()],
    held: () => held,
    shown: () => shown,
    async accept(wanted) {
      const taken = among(wanted);
      if (pins && taken.length > 0) {
        await pins.accept(server, taken);
        await sort();
      }
      return wanted.flatMap(({ name, hash }) => (trusted.get(name) === hash ? [name] : []));
    },
    async reject(wanted) {
      const refused = among(wanted);
      if (pins && refused.length > 0) {
        await pins.reject(server, refused);
        await sort();
      }
      return among(wanted).flatMap(({ is, rejected }) => (rejected ? [is.name] : []));
    },
  };
}
