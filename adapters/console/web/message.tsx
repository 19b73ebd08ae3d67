import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { PersonId } from "../../../src/chat.ts";
import type { Message } from "../wire.ts";
import { Avatar } from "./avatar.tsx";
import { ContentView } from "./content.tsx";
import { Editor } from "./editor.tsx";
import { usePassedFocus } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { me, someone, standing } from "./live.ts";
import { openMenu } from "./menu.tsx";
import { actsFor, editing, type MessageAct, trouble } from "./message-acts.ts";
import { hrefOf } from "./place.ts";
import { Reactions } from "./reactions.tsx";
import { Time } from "./time.tsx";
import { agoOf, timeOf } from "./times.ts";
import { unreadReplies } from "./unread.ts";
import { words } from "./words.ts";

/** One message. `follows`: the one before is of the same author, so the name is not said again. */
export function MessageView({ message, follows, inThread }: MessageProps) {
  const { id, author, at, only, edited, writing, text, reactions } = message.value;
  const { name, bot: isBot } = someone(author);
  const edits = editing.value?.id === id && editing.value.inThread === inThread;
  const said = trouble.value?.message === id ? trouble.value.problem : undefined;
  const more = useRef<HTMLButtonElement>(null);
  const article = useRef<HTMLElement>(null);
  usePassedFocus(article, ".message");
  const acts = actsFor(message.value, inThread);

  const showMenu = () => {
    const label = words.value.actions(name);
    if (more.current) openMenu({ label, items: acts, anchor: more.current, opener: document.activeElement });
  };
  const keys = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key === "Delete" ? "DEL" : event.key.toUpperCase();
    const act =
      key === "ENTER" ? acts.find(({ name }) => name === "reply") : acts.find((act) => act.key?.toUpperCase() === key);
    if (act) act.act();
    else if (key === "M" || key === "CONTEXTMENU" || (key === "F10" && event.shiftKey)) showMenu();
    else return;
    event.preventDefault();
  };
  return (
    <article
      ref={article}
      class={`message${follows ? " follows" : ""}${only ? " whisper" : ""}${writing ? " writing" : ""}${author === me.value ? " own" : ""}`}
      data-id={id}
      tabIndex={-1}
      aria-label={`${name}, ${timeOf(at)}`}
      aria-busy={writing ?? false}
      onKeyDown={keys}
    >
      <div class="side">{follows ? <Time at={at} exact /> : <Avatar id={author} />}</div>
      <div class="body">
        {!follows && (
          <header>
            <strong>
              <bdi>{name}</bdi>
            </strong>
            {isBot && <span class="badge">{words.value.bot}</span>}
            <Time at={at} />
          </header>
        )}
        {only && <p class="only">{words.value.onlyYou}</p>}
        {edits ? (
          <Editor id={id} text={text} />
        ) : (
          <ContentView id={id} content={message.value} quotes={message.value.quotes} rated={message.value.rated} />
        )}
        {edited && !edits && <span class="edited">({words.value.edited})</span>}
        {reactions && <Reactions reactions={reactions} />}
        {said && (
          <p class="problem" role="alert">
            {said}
          </p>
        )}
        {!inThread && <Replies id={id} channel={message.value.channel} />}
      </div>
      {!edits && acts.length > 0 && <Actions acts={acts} name={name} more={more} showMenu={showMenu} />}
    </article>
  );
}

type MessageProps = { message: ReadonlySignal<Message>; follows: boolean; inThread: boolean };

/** What is done most, at hand where something hovers; all else behind "more". */
function Actions({ acts, name, more, showMenu }: ActionsProps) {
  return (
    <div class="actions">
      {acts
        .filter(({ quick }) => quick)
        .map(({ name, icon, text, act }) => (
          <button key={name} type="button" class="quick" tabIndex={-1} title={text} aria-label={text} onClick={act}>
            <Icon name={icon} />
          </button>
        ))}
      <button
        type="button"
        ref={more}
        tabIndex={-1}
        title={words.value.more}
        aria-label={words.value.actions(name)}
        aria-haspopup="menu"
        onClick={showMenu}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}

type ActionsProps = {
  acts: MessageAct[];
  name: string;
  more: { current: HTMLButtonElement | null };
  showMenu: () => void;
};

function Replies({ id, channel }: { id: string; channel: string }) {
  // Drawn anew only when what is shown changes, however often the workspace does.
  const shown = useComputed(() => {
    const replies = standing(channel, id).map((reply) => reply.peek());
    const last = replies.at(-1);
    if (!last) return undefined;
    const authors = [...new Set(replies.map(({ author }) => author))].slice(-3);
    return JSON.stringify({
      count: replies.length,
      last: agoOf(last.at),
      unread: unreadReplies(channel, id) > 0,
      authors,
    });
  });
  if (!shown.value) return null;
  const { count, last, unread, authors }: Shown = JSON.parse(shown.value);
  return (
    <a class={`replies${unread ? " unread" : ""}`} href={hrefOf(channel, id)}>
      <span class="faces" aria-hidden="true">
        {authors.map((author) => (
          <Avatar key={author} id={author} small />
        ))}
      </span>
      <span class="count">{words.value.replies(count)}</span>
      <span class="last">{words.value.lastReply(last)}</span>
      {unread && (
        <span class="new">
          <span class="hidden">{words.value.unreadReplies}</span>
        </span>
      )}
    </a>
  );
}

type Shown = { count: number; last: string; unread: boolean; authors: PersonId[] };
