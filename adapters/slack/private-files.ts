import { type Address, DeliveryError, type PersonId, type Post, type PostKey } from "../../src/chat.ts";
import { wordsOf } from "../../src/words/words.ts";
import { sheetsOf } from "./sheets.ts";

/**
 * Private words take no files, and what is in them may need more messages: where it does, the files go to the person's DM, and
 * the words say so. Where that can't be done, all of it is said where it was to be said.
 */
export async function withFilesInDirect(
  post: Post,
  person: PersonId,
  key: PostKey,
  parts: {
    direct(person: PersonId): Promise<Address | undefined>;
    post(address: Address, post: Post, key: PostKey): Promise<unknown>;
  },
): Promise<Post> {
  const { files = [], ...words } = post;
  if (files.length === 0 || sheetsOf(post).length === sheetsOf(words).length) return post;
  const told = wordsOf(post.language ?? "en").filesLeft.inDirect(files.map(({ name }) => name));
  const language = post.language ? { language: post.language } : {};
  try {
    const dm = await parts.direct(person);
    if (!dm) return post;
    await parts.post(dm, { text: "", files, ...language }, { ...key, id: `${key.id}.files` });
    return { ...words, text: `${post.text}\n\n${told}` };
  } catch (error) {
    if (error instanceof DeliveryError) return post;
    throw error;
  }
}
