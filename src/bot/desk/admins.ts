import type { Address, Author, PersonId, Post, Whisper } from "../../chat.ts";
import type { Config } from "../../config/schema.ts";
import { asCode } from "../../words/as-code.ts";
import type { Words } from "../../words/words.ts";
import type { Desk } from "./desk.ts";
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
function adminsNear({ workspace }: Config, id: PersonId): string[] {
  const platform = id.slice(0, id.indexOf(":") + 1);
  return workspace.admins.filter((one) => one.startsWith(platform));
}

/** What the first few of them are called. */
function adminNames(admins: readonly string[], people: People): Promise<string[]> {
  return Promise.all(
    admins.slice(0, mostNamed).map((id) => {
      const [platform = "", ...rest] = id.split(":");
      return people.nameById(`${platform}:${rest.join(":")}`);
    }),
  );
}

/** What is said to whoever orders what is for admins alone, as `says` puts it with who they are; undefined for an admin. */
export async function refusalOfOthers(
  { access, config, people }: Pick<Desk, "access" | "config" | "people">,
  order: { by: Author; whisper: Whisper; words: Words },
  says: (admins: string[]) => string,
): Promise<Post | undefined> {
  const { by, whisper, words } = order;
  const who = await people.who(by.id, { roles: true });
  if (access.authorize(who, "administer", {}).allowed) return undefined;
  const { admins } = config().workspace;
  // In a shell somebody speaks for an admin by the id.
  if (whisper.at) {
    const ids = admins.slice(0, mostNamed).map((id) => asCode(id));
    return { text: `${says(ids)} ${words.tools.onBehalf}` };
  }
  const near = adminsNear(config(), by.id);
  return { text: says(await adminNames(near.length > 0 ? near : admins, people)) };
}
