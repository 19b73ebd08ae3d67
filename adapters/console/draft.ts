import type { Address, Draft, DraftState, Post, Posted, PostKey } from "../../src/chat.ts";
import type { Content, Message } from "./wire.ts";
import type { Workspace } from "./workspace.ts";

/** What a draft needs of the adapter it belongs to. */
export type DraftParts = {
  workspace: Workspace;
  /** Makes or changes the message of this key, without keeping it. */
  show(address: Address, content: Content, key: PostKey): Message;
  /** Keeps a message as it is now, sooner or later. */
  keep(id: string): void;
  post(address: Address, post: Post, key: PostKey): Promise<Posted>;
};

/** An answer that grows in place. Readers get its latest state at their own pace, so every state is simply put there. */
export function createDraft(parts: DraftParts, address: Address, key: PostKey): Draft {
  let open = true;
  let kept = false;
  let shown = false;

  return {
    show(state) {
      if (!open || !(state.text || state.lines.length || state.status || shown)) return;
      try {
        const message = parts.show(address, contentOf(state), key);
        shown = true;
        // Once is enough: should all end here, what had begun to be said can be found and completed.
        if (state.text && !kept) parts.keep(message.id);
        kept ||= state.text !== "";
      } catch {
        // A place that is gone is told by `end`, which can fail.
      }
    },
    async end(post) {
      open = false;
      // What was shown to all can't become a whisper.
      if (post.only) await this.drop();
      return parts.post(address, post, key);
    },
    async drop() {
      open = false;
      const message = parts.workspace.withKey(key.id);
      if (!message) return;
      parts.workspace.remove(message.id);
      parts.keep(message.id);
    },
  };
}

function contentOf({ text, lines, status, stop }: DraftState): Content {
  return {
    text,
    lines,
    ...(status && !text && { status }),
    ...(stop && { card: { buttons: [stop] } }),
    writing: true,
  };
}
