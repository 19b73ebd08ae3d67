import { type Signal, useSignal } from "@preact/signals";
import type { Button, ToolLine } from "../../../src/chat.ts";
import type { Message } from "../wire.ts";
import { Actions } from "./actions.tsx";
import { Avatar } from "./avatar.tsx";
import { Editor } from "./editor.tsx";
import { Icon } from "./icon.tsx";
import { bot, me, people, send, someone, standing } from "./live.ts";
import { Markdown } from "./markdown.tsx";
import { hrefOf } from "./place.ts";
import { lengthOf, momentOf, timeOf, words } from "./words.ts";

/** One message. `follows`: the one before is of the same author, so the name is not said again. */
export function MessageView({
  message,
  follows,
  inThread,
}: {
  message: Signal<Message>;
  follows: boolean;
  inThread: boolean;
}) {
  const editing = useSignal(false);
  const { id, author, at, only, edited, writing, status, lines, text, footer, card } = message.value;
  const { name, bot: isBot } = someone(author);
  const own = author === me.value;
  const names = [...people.value, bot.value].map((person) => person.name.toLowerCase());
  const time = (
    <time dateTime={new Date(at).toISOString()} title={momentOf(at)}>
      {timeOf(at)}
    </time>
  );
  return (
    <article
      class={`message${follows ? " follows" : ""}${only ? " whisper" : ""}${writing ? " writing" : ""}`}
      aria-label={`${name}, ${timeOf(at)}`}
      aria-busy={writing ?? false}
    >
      <div class="side">{follows ? time : <Avatar id={author} />}</div>
      <div class="body">
        {!follows && (
          <header>
            <strong>{name}</strong>
            {isBot && <span class="badge">{words.bot}</span>}
            {time}
          </header>
        )}
        {only && <p class="only">{words.onlyYou}</p>}
        {lines && lines.length > 0 && <ToolLines lines={lines} />}
        {editing.value ? (
          <Editor id={id} text={text} done={() => (editing.value = false)} />
        ) : (
          text && <Markdown text={text} names={names} />
        )}
        {edited && !editing.value && <span class="edited">({words.edited})</span>}
        {status && (
          <p class="status">
            <span class="dots" aria-hidden="true" /> {status}
          </p>
        )}
        {card?.fields && (
          <dl class="fields">
            {card.fields.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Markdown text={value} names={names} />
                </dd>
              </div>
            ))}
          </dl>
        )}
        {card?.buttons && <Buttons message={id} buttons={card.buttons} stop={writing ?? false} />}
        {footer && (
          <div class="footer">
            <Markdown text={footer} names={names} />
          </div>
        )}
        {!inThread && <Replies message={message.value} />}
      </div>
      {!editing.value && !only && (
        <Actions message={message.value} own={own} inThread={inThread} edit={() => (editing.value = true)} />
      )}
    </article>
  );
}

function ToolLines({ lines }: { lines: ToolLine[] }) {
  const signs = { running: "", done: "✓", failed: "✗" };
  return (
    <ul class="tools">
      {lines.map(({ id, title, state, ms, note }) => (
        <li key={id} class={state}>
          <span class="sign" role="img" aria-label={words[state]}>
            {signs[state]}
          </span>
          <code>{title}</code>
          {ms !== undefined && <span class="ms">{lengthOf(ms)}</span>}
          {note && <span class="note">{note}</span>}
        </li>
      ))}
    </ul>
  );
}

function Buttons({ message, buttons, stop }: { message: string; buttons: Button[]; stop: boolean }) {
  const pressed = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const press = async ({ id, value }: Button) => {
    pressed.value = true;
    const outcome = await send("presses", {
      message,
      button: id,
      ...(value !== undefined && { value }),
      key: crypto.randomUUID(),
    });
    problem.value = outcome.problem;
    pressed.value = false;
  };
  return (
    <div class="buttons">
      {buttons.map((button) => (
        <button
          key={`${button.id} ${button.value}`}
          type="button"
          class={stop ? "stop" : (button.style ?? "plain")}
          disabled={pressed.value}
          onClick={() => press(button)}
        >
          {stop && <Icon name="stop" />}
          {button.text}
        </button>
      ))}
      {problem.value && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  );
}

function Replies({ message: { id, channel } }: { message: Message }) {
  const replies = standing(channel, id);
  const last = replies.at(-1)?.peek();
  if (!last) return null;
  const authors = [...new Set(replies.map((reply) => reply.peek().author))].slice(-3);
  return (
    <a class="replies" href={hrefOf(channel, id)}>
      <span class="faces" aria-hidden="true">
        {authors.map((author) => (
          <Avatar key={author} id={author} small />
        ))}
      </span>
      <span class="count">{words.replies(replies.length)}</span>
      <span class="last">{words.lastReply(timeOf(last.at))}</span>
    </a>
  );
}
