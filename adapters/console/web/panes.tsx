import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Channel } from "../wire.ts";
import { Composer, type Offer } from "./composer.tsx";
import { DropZone } from "./drop-zone.tsx";
import { Empty } from "./empty.tsx";
import { findComposer, useReturnedFocus } from "./focus.ts";
import { Icon } from "./icon.tsx";
import { bot, connection, me, messageWith, standing } from "./live.ts";
import { MessageView } from "./message.tsx";
import { go, hrefOf, placesOpen, titleOf } from "./place.ts";
import { look } from "./request.ts";
import { Roll } from "./roll.tsx";
import { understood } from "./tell-language.ts";
import { seenBefore } from "./unread.ts";
import { say, unsaidAt } from "./unsaid.ts";
import { language, words } from "./words.ts";

/** Opens the list of places, where there is no room for it beside the rest. */
export function PlacesButton() {
  return (
    <button
      type="button"
      class="menu"
      aria-label={words.value.showPlaces}
      aria-expanded={placesOpen.value}
      onClick={() => (placesOpen.value = true)}
    >
      <Icon name="menu" />
    </button>
  );
}

/** A channel or a DM: what is said there, and where one writes. */
export function ChannelPane({ channel }: { channel: Channel }) {
  const offer = useSignal<Offer | undefined>(undefined);
  const title = titleOf(channel);
  const messages = standing(channel.id);
  const direct = channel.with !== undefined;
  const live = connection.value === "live";
  const ready = direct && understood.value;
  useEffect(() => {
    if (ready) void look("direct");
  }, [ready, language.value]);
  return (
    <DropZone kind="channel" channel={channel.id}>
      <header class="head">
        <PlacesButton />
        <h1>{title}</h1>
        <span class="about">{direct ? words.value.directWith : words.value.everyone}</span>
      </header>
      <Pins channel={channel.id} />
      <Roll label={words.value.messagesIn(title)} messages={messages} inThread={false} unreadAfter={seenBefore.value}>
        {messages.length === 0 && live && (
          <Empty
            direct={direct}
            offer={(text) => (offer.value = { text })}
            say={(text) => {
              void say(unsaidAt(me.value, channel.id), { channel: channel.id }, { text, files: [] });
              findComposer()?.focus();
            }}
          />
        )}
      </Roll>
      <Composer
        channel={channel.id}
        placeholder={direct ? words.value.writeDirect : words.value.write(title)}
        offer={offer.value}
        sent={(id, text) => {
          // The answer to a mention comes in its thread: that is where to look.
          if (!direct && callsBot(text)) go(channel.id, id);
        }}
      />
    </DropZone>
  );
}

/** What is pinned in a channel, by its first words; it opens beside the channel. */
function Pins({ channel }: { channel: string }) {
  const pinned = standing(channel).filter(({ value }) => value.pinned);
  if (pinned.length === 0) return null;
  return (
    <nav class="pins" aria-label={words.value.pinned}>
      {pinned.map(({ value: { id, text } }) => (
        <a key={id} href={hrefOf(channel, id)}>
          <Icon name="pin" /> <span dir="auto">{(text.split("\n")[0] ?? "").replace(/[*_`#]/g, "").trim()}</span>
        </a>
      ))}
    </nav>
  );
}

/** A thread beside its channel. */
export function ThreadPane({ channel, thread }: { channel: Channel; thread: string }) {
  const root = messageWith(thread);
  const replies = standing(channel.id, thread);
  const close = () => go(channel.id);
  useReturnedFocus(findComposer);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const overIt = document.querySelector("dialog[open]");
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && !overIt) close();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  return (
    <DropZone kind="thread" channel={channel.id} thread={thread}>
      <header class="head">
        <h2>{words.value.thread}</h2>
        <span class="about">{titleOf(channel)}</span>
        <button type="button" class="close" aria-label={words.value.closeThread} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Roll label={words.value.thread} messages={replies} inThread={true}>
        {root ? (
          <MessageView message={root} follows={false} inThread={true} />
        ) : (
          connection.value === "live" && <p class="gone">{words.value.removed}</p>
        )}
        <div class="divider">
          <span>{replies.length ? words.value.replies(replies.length) : words.value.emptyThread}</span>
        </div>
      </Roll>
      <Composer channel={channel.id} thread={thread} placeholder={words.value.writeThread} />
    </DropZone>
  );
}

function callsBot(text: string): boolean {
  return /[@＠]/.test(text) && text.toLowerCase().replace("＠", "@").includes(`@${bot.value.name.toLowerCase()}`);
}
