import { useSignal } from "@preact/signals";
import type { Message } from "../wire.ts";
import { Icon } from "./icon.tsx";
import { send } from "./live.ts";
import { hrefOf } from "./place.ts";
import { words } from "./words.ts";

/** What can be done with a message. Where nothing can hover, what changes one's own is a step away, behind "more". */
export function Actions({ message, own, inThread, edit }: ActionsProps) {
  const open = useSignal(false);
  if (inThread && !own) return null;
  const remove = () => {
    if (confirm(words.removeSure)) void send("deletions", { message: message.id });
  };
  return (
    <div class={`actions${open.value ? " open" : ""}`}>
      {!inThread && (
        <a href={hrefOf(message.channel, message.id)} title={words.reply} aria-label={words.reply}>
          <Icon name="reply" />
        </a>
      )}
      {own && (
        <>
          <button
            type="button"
            class="show-more"
            aria-label={words.more}
            aria-expanded={open.value}
            onClick={() => (open.value = !open.value)}
          >
            <Icon name="more" />
          </button>
          <button type="button" class="own" title={words.edit} aria-label={words.edit} onClick={edit}>
            <Icon name="edit" />
          </button>
          <button type="button" class="own" title={words.remove} aria-label={words.remove} onClick={remove}>
            <Icon name="remove" />
          </button>
        </>
      )}
    </div>
  );
}

type ActionsProps = { message: Message; own: boolean; inThread: boolean; edit: () => void };
