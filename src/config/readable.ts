import type { z } from "zod";
import { formMeant } from "./problem.ts";
import type { SettingPath } from "./source.ts";

/** Names that stand in for missing ones; nobody writes them. */
const nobody = "nobody-wrote-this-name-";

/** Whether a name is one that stands in for a missing one. */
export function isNobody(name: string): boolean {
  return name.startsWith(nobody);
}

// By list: what an entry cannot do without, with something that stands in for it.
const standIns: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  agents: { name: nobody },
  models: { base_url: "http://stand.in" },
  llm: { base_url: "http://stand.in" },
  mcp_servers: { url: "http://stand.in" },
  servers: { url: "http://stand.in" },
  mcpServers: { url: "http://stand.in" },
  routes: { match: "anything", agent: nobody },
  channels: { match: "*" },
  schedules: { name: nobody, when: "sometime", to: ["stand:in"], prompt: "anything" },
  triggers: { type: "webhook", name: nobody, agent: nobody, when: "sometime", on: "message" },
  a2a_agents: { name: nobody, url: "http://stand.in" },
};

// Without one part the rest means something else.
const indivisible = ["model_config"];

/**
 * What of a file can be read when some of it cannot: settings that are wrong are taken out, one by one, and what an entry
 * cannot do without is stood in for, so that the rest of it can still be checked.
 */
export class Readable {
  readonly #data: unknown;
  readonly #lost = new Map<string, SettingPath>();
  /** Settings that nobody knows: each may be a misspelt other one. */
  readonly unknown: SettingPath[] = [];
  /** Entries that were given what they cannot do without. */
  readonly #completed = new Map<string, { path: SettingPath; given: Map<string, unknown> }>();
  /** What was taken out or completed since the rest was read last: complaints about it are answered. */
  readonly #fresh = new Set<string>();
  /** Which items of the lists are in the rest. */
  readonly #items = new Map<string, number[]>();

  constructor(data: unknown) {
    this.#data = data;
  }

  /** Takes out what the complaints about the rest are about. */
  takeOut(issues: readonly z.core.$ZodIssue[]): void {
    for (const issue of issues) for (const path of this.#faultsOf(issue, [])) this.take(this.written(path));
  }

  /** Takes out one setting, as it is written; or what is around it, when it is missing there. */
  take(setting: SettingPath): void {
    const cut = setting.findIndex((step) => indivisible.includes(String(step)));
    const path = cut === -1 ? setting : setting.slice(0, cut + 1);
    const around = path.slice(0, -1);
    if (this.#fresh.has(keyOf(path)) || path.some((_, index) => this.#lost.has(keyOf(path.slice(0, index))))) return;
    if (isEntry(path) && this.#complete(path)) return;
    const completed = this.#completed.get(keyOf(around));
    if (completed?.given.has(String(path.at(-1)))) {
      // It was missing; now that it is there, it is of no use.
      if (!this.#fresh.has(keyOf(around))) completed.given.delete(String(path.at(-1)));
    } else if (path.length === 0 || this.#isWritten(path)) {
      this.#fresh.add(keyOf(path));
      this.#lost.set(keyOf(path), path);
    } else this.take(around);
  }

  /** What is left. */
  rest(): unknown {
    this.#items.clear();
    this.#fresh.clear();
    if (this.#lost.size === 0 && this.#completed.size === 0) return this.#data;
    return this.isOut([]) ? {} : this.#copy(this.#data, []);
  }

  /** Where a setting of the rest is written. */
  written(setting: SettingPath): SettingPath {
    const written: (string | number)[] = [];
    for (const step of setting) {
      const item = typeof step === "number" ? this.#items.get(keyOf(written))?.[step] : undefined;
      written.push(item ?? step);
    }
    return written;
  }

  /** Whether it, or what is around it, was taken out. */
  isOut(setting: SettingPath): boolean {
    return this.#lost.has(keyOf(setting)) || (setting.length > 0 && this.isOut(setting.slice(0, -1)));
  }

  /** Whether any part of it was taken out, or had to be stood in for. */
  isBroken(setting: SettingPath): boolean {
    const isInside = (path: SettingPath) => setting.every((step, index) => path[index] === step);
    const changed = [...this.#lost.values(), ...[...this.#completed.values()].map(({ path }) => path)];
    return this.isOut(setting) || changed.some(isInside);
  }

  /** Whether it stands in for something. */
  standsIn(setting: SettingPath): boolean {
    return setting.some((step, index) => this.#completed.get(keyOf(setting.slice(0, index)))?.given.has(String(step)));
  }

  #faultsOf(issue: z.core.$ZodIssue, around: SettingPath): SettingPath[] {
    const path = [...around, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    if (issue.code === "unrecognized_keys") {
      const keys = issue.keys.map((key) => [...path, key]);
      this.unknown.push(...keys.map((key) => this.written(key)));
      return keys;
    }
    const meant = issue.code === "invalid_union" && !("options" in issue) ? formMeant(issue) : undefined;
    return meant === undefined ? [path] : meant.flatMap((inner) => this.#faultsOf(inner, path));
  }

  /** Gives an entry what it lacks; false when it is no map, or has been given it before. */
  #complete(path: SettingPath): boolean {
    const entry = this.#at(path);
    if (!isMap(entry) || this.#completed.has(keyOf(path))) return false;
    this.#fresh.add(keyOf(path));
    const given = Object.entries(standIns[String(path[0])] ?? {}).map(([key, value]): [string, unknown] => [
      key,
      value === nobody ? `${nobody}${path.join("-")}` : value,
    ]);
    this.#completed.set(keyOf(path), { path, given: new Map(given) });
    // What is written and can be read needs nobody to stand in for it.
    for (const key of Object.keys(entry)) {
      if (!this.#lost.has(keyOf([...path, key]))) this.#completed.get(keyOf(path))?.given.delete(key);
    }
    return true;
  }

  #at(path: SettingPath): unknown {
    let value = this.#data;
    for (const step of path) value = isHolding(value, step) ? Reflect.get(value, step) : undefined;
    return value;
  }

  #isWritten(path: SettingPath): boolean {
    const key = path.at(-1);
    return key !== undefined && isHolding(this.#at(path.slice(0, -1)), key) && !this.#lost.has(keyOf(path));
  }

  #copy(value: unknown, path: SettingPath): unknown {
    const isKept = (step: string | number) => !this.#lost.has(keyOf([...path, step]));
    if (Array.isArray(value)) {
      const items = [...value.keys()].filter(isKept);
      this.#items.set(keyOf(path), items);
      return items.map((index) => this.#copy(value[index], [...path, index]));
    }
    if (!isMap(value)) return value;
    const given = this.#completed.get(keyOf(path))?.given ?? [];
    const kept = Object.entries(value).filter(([key]) => isKept(key));
    return Object.fromEntries([
      ...given,
      ...kept.map(([key, inner]) => [key, this.#copy(inner, [...path, key])] as const),
    ]);
  }
}

function isEntry(path: SettingPath): boolean {
  return Object.hasOwn(standIns, String(path[0])) && path.length === (path[0] === "llm" ? 1 : 2);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHolding(value: unknown, step: string | number): value is object {
  return typeof value === "object" && value !== null && Object.hasOwn(value, step);
}

function keyOf(path: SettingPath): string {
  return JSON.stringify(path);
}
