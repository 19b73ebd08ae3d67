import type { Post, PostedFile } from "../../chat.ts";
import type { Letter, ShelvedFile } from "../../store/outbox.ts";
import type { Shelf } from "../../store/shelf.ts";
import type { Logger } from "../../watch/log.ts";
import { wordsOf } from "../../words/words.ts";

/** A letter as it is posted, with what lies on the shelf for it. What is not there any more is named: the rest is still owed. */
export async function packed(letter: Letter, shelf: Pick<Shelf, "read">, log: Logger): Promise<Post> {
  const { post, files = [] } = letter;
  if (files.length === 0) return post;
  const found = await Promise.all(files.map((file) => fetched(file, shelf, log)));
  const gone = files.filter((_, n) => !found[n]).map(({ name }) => name);
  const there: PostedFile[] = found.flatMap((file) => file ?? []);
  const said = gone.length > 0 ? wordsOf(post.language ?? "en").filesLeft.lost(gone) : "";
  const text = [post.text, said].filter(Boolean).join("\n\n");
  return { ...post, text, files: [...(post.files ?? []), ...there] };
}

async function fetched({ name, type, ref }: ShelvedFile, shelf: Pick<Shelf, "read">, log: Logger) {
  try {
    return { name, type, bytes: await shelf.read(ref) };
  } catch (error) {
    log.error({ err: error, name }, "a file could not be fetched from the shelf");
    return undefined;
  }
}
