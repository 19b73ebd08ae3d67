import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Channel } from "../wire.ts";
import { Composer, type Offer } from "./composer.tsx";
import { Icon } from "./icon.tsx";
import { bot, connection, messageWith, standing } from "./live.ts";
import { MessageView } from "./message.tsx";
import { go, place, placesOpen } from "./place.ts";
import { Roll } from "./roll.tsx";
import { Sidebar } from "./sidebar.tsx";
import { words } from "./words.ts";

/** The whole page: places on the left, what is said there, and a thread beside it. */
export function App() {
  const here = place.value;
  return (
    <div class={`app${here?.thread ? " with-thread" : ""}`}>
      <Sidebar />
      {placesOpen.value && (
        <button type="button" class="veil" aria-label={words.cancel} onClick={() => (placesOpen.value = false)} />
      )}
      {here && <ChannelPane key={here.channel.id} channel={here.channel} />}
      {here?.thread && <ThreadPane key={here.thread} channel={here.channel} thread={here.thread} />}
      {connection.value !== "live" && (
        <p class="connection" role="status">
          <span class="dots" aria-hidden="true" />
          {words[connection.value]}
        </p>
      )}
    </div>
  );
}

function ChannelPane({ channel }: { channel: Channel }) {
  const offer = useSignal<Offer | undefined>(undefined);
  const title = titleOf(channel);
  const messages = standing(channel.id);
  return (
    <main class="pane channel">
      <header class="head">
        <button type="button" class="menu" aria-label={words.showPlaces} onClick={() => (placesOpen.value = true)}>
          <Icon name="menu" />
        </button>
        <h1>{title}</h1>
        <span class="about">{channel.with ? words.directWith : words.everyone}</span>
      </header>
      <Roll label={words.messagesIn(title)} messages={messages} inThread={false}>
        {messages.length === 0 && connection.value === "live" && (
          <Empty direct={channel.with !== undefined} take={(text) => (offer.value = { text })} />
        )}
      </Roll>
      <Composer
        channel={channel.id}
        placeholder={channel.with ? words.writeDirect : words.write(title)}
        offer={offer.value}
        sent={(id, text) => {
          // The answer to a mention comes in its thread: that is where to look.
          if (!channel.with && callsBot(text)) go(channel.id, id);
        }}
      />
    </main>
  );
}

/** What to say where nothing was said yet. */
function Empty({ direct, take }: { direct: boolean; take: (text: string) => void }) {
  const call = direct ? "" : "@Bellhop ";
  return (
    <div class="empty">
      <p class="title">{words.emptyTitle}</p>
      <p>{direct ? words.emptyDirect : words.emptyText}</p>
      {[call + words.tryTime, call + words.tryHelp, "/agents"].map((text) => (
        <button key={text} type="button" class="try" onClick={() => take(text)}>
          {text}
        </button>
      ))}
    </div>
  );
}

function ThreadPane({ channel, thread }: { channel: Channel; thread: string }) {
  const root = messageWith(thread);
  const replies = standing(channel.id, thread);
  const close = () => go(channel.id);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) close();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  return (
    <aside class="pane thread" aria-label={words.thread}>
      <header class="head">
        <h2>{words.thread}</h2>
        <span class="about">{titleOf(channel)}</span>
        <button type="button" class="close" aria-label={words.closeThread} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Roll label={words.thread} messages={replies} inThread={true}>
        {root ? (
          <MessageView message={root} follows={false} inThread={true} />
        ) : (
          connection.value === "live" && <p class="gone">{words.removed}</p>
        )}
        <div class="divider">
          <span>{replies.length ? words.replies(replies.length) : words.emptyThread}</span>
        </div>
      </Roll>
      <Composer channel={channel.id} thread={thread} placeholder={words.writeThread} />
    </aside>
  );
}

function callsBot(text: string): boolean {
  return text.toLowerCase().includes(`@${bot.value.name.toLowerCase()}`);
}

function titleOf(channel: Channel): string {
  return channel.with ? channel.name : `# ${channel.name}`;
}
