import type { z } from "zod";
import { type Problem, problemAt } from "./problem.ts";
import { type ReadSource, type SettingPath, type Source, settingName } from "./source.ts";
import { visitSettings } from "./visit-settings.ts";

/** What is worth knowing of a file besides its problems. */
export interface Survey {
  warnings: Problem[];
  notices: string[];
  secrets: string[];
  isSecret(setting: SettingPath): boolean;
}

/** Finds in a file the secrets, the settings without effect so far, and those another spelling outdoes. */
export function survey(schema: z.core.$ZodType, source: Source, read: ReadSource): Survey {
  const warnings: Problem[] = [];
  const notices = new Set<string>();
  const secrets: string[] = [];
  const secretSettings = new Set<string>();
  let later: string | undefined;

  visitSettings(schema, read.data, ({ path, value, meta, defaultValue, around }) => {
    const name = settingName(path);
    if (meta.secret) {
      secretSettings.add(name);
      secrets.push(...secretsIn(value, path, read));
    }
    if (meta.alias !== undefined && Object.hasOwn(around, meta.alias)) {
      warnings.push(
        problemAt(source.path, read.place(path), path, `has no effect, since ${meta.alias} is written too`),
      );
    }
    // What is inside a setting that has no effect need not be told of again.
    if (later !== undefined && name.startsWith(later)) return;
    const without = laterPart(meta.later, value, defaultValue);
    if (without === undefined) return;
    later = name;
    const what = without === "" ? anyOf(path) : `${anyOf(path)}: ${without}`;
    notices.add(`${source.path}: ${what} — not yet in this version: ${meta.meanwhile ?? "it has no effect"}`);
  });
  return {
    warnings,
    notices: [...notices],
    secrets,
    isSecret: (setting) => setting.some((_, index) => secretSettings.has(settingName(setting.slice(0, index + 1)))),
  };
}

// "" when the whole setting has no effect, the values when only they have none, undefined when all is well.
function laterPart(
  later: boolean | readonly string[] | undefined,
  value: unknown,
  defaultValue: unknown,
): string | undefined {
  if (later === undefined || later === false || isEmpty(value)) return undefined;
  if (later === true) return JSON.stringify(value) === JSON.stringify(defaultValue) ? undefined : "";
  const values: unknown[] = typeof value === "object" ? Object.values(Object(value)) : [value];
  const without = values.filter((one) => typeof one === "string" && later.includes(one));
  return without.length === 0 ? undefined : [...new Set(without)].join(", ");
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

// One notice for all entries of a list: `agents[].budget`.
function anyOf(path: SettingPath): string {
  return settingName(path).replaceAll(/\[\d+\]/g, "[]");
}

function secretsIn(value: unknown, path: SettingPath, read: ReadSource): string[] {
  if (typeof value === "string") return worthHiding([value, ...tokensOf(value), ...expandedAt(path, read)]);
  if (typeof value !== "object" || value === null) return [];
  // Most of an environment is no secret: what came from our own is, and what is called one.
  return worthHiding(
    Object.entries(value).flatMap(([key, inner]) => {
      if (typeof inner !== "string") return [];
      const named = /key|token|secret|password|credential|authorization/i.test(key) ? [inner] : [];
      return [...named, ...tokensOf(inner), ...expandedAt([...path, key], read)];
    }),
  );
}

function expandedAt(path: SettingPath, read: ReadSource): string[] {
  return read.expansions.get(settingName(path))?.values ?? [];
}

function tokensOf(header: string): string[] {
  return /^(?:Bearer|Basic|Token)\s+(.+)$/i.exec(header)?.slice(1) ?? [];
}

/** The values long enough to be hidden: hiding "1" wherever it stands would make logs unreadable. */
export function worthHiding(values: string[]): string[] {
  return values.filter((value) => value.length >= 6);
}
