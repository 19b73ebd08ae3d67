import type { ToolLine } from "../../../src/chat.ts";
import type { Content, Message } from "../wire.ts";
import { Card } from "./card.tsx";
import { Files } from "./files.tsx";
import { bot, people } from "./live.ts";
import { Prose } from "./prose.tsx";
import { Quotes } from "./quotes.tsx";
import { Ratings } from "./ratings.tsx";
import { lengthOf } from "./times.ts";
import { words } from "./words.ts";

/** What a message says, or the bot's page. `id` is the message its buttons belong to. */
export function ContentView({ id, content, quotes, rated }: ContentProps) {
  const { text, lines, status, files, card, footer, rating, writing } = content;
  const named = content.people?.map(({ name }) => name) ?? [...people.value, bot.value].map(({ name }) => name);
  const names = named.concat(bot.value.name).map((name) => name.toLowerCase());
  return (
    <>
      {lines && lines.length > 0 && <ToolLines lines={lines} />}
      {quotes && <Quotes quotes={quotes} />}
      {text && <Prose text={text} names={names} />}
      {status && (
        <p class="status">
          <span class="dots" aria-hidden="true" /> {status}
        </p>
      )}
      {files && files.length > 0 && <Files files={files} />}
      {card && <Card message={id} card={card} stop={writing ?? false} names={names} />}
      {(footer || rating) && (
        <div class="foot">
          {footer && (
            <div class="footer">
              <Prose text={footer} names={names} />
            </div>
          )}
          {rating && <Ratings message={id} rating={rating} rated={rated} />}
        </div>
      )}
    </>
  );
}

type ContentProps = {
  id: string;
  content: Content;
  quotes?: Message["quotes"] | undefined;
  rated?: Message["rated"] | undefined;
};

function ToolLines({ lines }: { lines: ToolLine[] }) {
  const signs = { running: "", done: "✓", failed: "✗" };
  return (
    <ul class="tools">
      {lines.map(({ id, title, state, ms, note }) => (
        <li key={id} class={state}>
          <span class="sign" role="img" aria-label={words.value[state]}>
            {signs[state]}
          </span>
          <code dir="auto">{title}</code>
          {ms !== undefined && <span class="ms">{lengthOf(ms)}</span>}
          {note && (
            <span class="note" dir="auto">
              {note}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
