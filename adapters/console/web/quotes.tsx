import type { Message } from "../wire.ts";
import { messageWith } from "./live.ts";
import { Markdown } from "./markdown.tsx";
import { hrefOf } from "./place.ts";

/** What a message passes on, with who said it and the way to where it stands. */
export function Quotes({ quotes }: { quotes: NonNullable<Message["quotes"]> }) {
  return (
    <>
      {quotes.map(({ message, author, text }) => {
        const origin = messageWith(message)?.peek();
        const who = <bdi>{author}</bdi>;
        return (
          <blockquote class="quote" key={message}>
            {author && <p class="quoted">{origin ? <a href={hrefOf(origin.channel, origin.thread)}>{who}</a> : who}</p>}
            <Markdown text={text} names={[]} />
          </blockquote>
        );
      })}
    </>
  );
}
