import type { Address, PersonId } from "../chat.ts";
import type { Config } from "../config/schema.ts";
import type { People } from "./people.ts";

const mostNamed = 5;

/** Where admins are told what is theirs to know; undefined where the settings name no such place. */
export function adminPlace({ workspace }: Config): Address | undefined {
  const at = workspace.admin_channel;
  if (!at) return undefined;
  const split = at.indexOf(":");
  return { adapter: at.slice(0, split), channel: at.slice(split + 1) };
}

/** The admins who are on somebody's own platform. */
export function adminsNear({ workspace }: Config, id: PersonId): string[] {
  const platform = id.slice(0, id.indexOf(":") + 1);
  return workspace.admins.filter((one) => one.startsWith(platform));
}

/** What the first few of them are called. */
export function adminNames(admins: readonly string[], people: People): Promise<string[]> {
  return Promise.all(
    admins.slice(0, mostNamed).map((id) => {
      const [platform = "", ...rest] = id.split(":");
      return people.nameById(`${platform}:${rest.join(":")}`);
    }),
  );
}
