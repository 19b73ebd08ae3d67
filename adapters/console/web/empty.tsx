import { you } from "./live.ts";
import { words } from "./words.ts";

/** What to say where nothing was said yet. The bot's own prompts are said at once, as they stand. */
export function Empty({ direct, offer, say }: EmptyProps) {
  const call = direct ? "" : "@Bellhop ";
  const prompts = (direct && you.value?.prompts) || [];
  return (
    <div class="empty">
      <p class="title">{words.value.emptyTitle}</p>
      <p>{direct ? words.value.emptyDirect : words.value.emptyText}</p>
      {prompts.map(({ title, text }) => (
        <button key={title} type="button" class="try" title={text} onClick={() => say(text)}>
          {title}
        </button>
      ))}
      {prompts.length === 0 &&
        [call + words.value.tryTime, call + words.value.tryHelp, "/agents"].map((text) => (
          <button key={text} type="button" class="try" onClick={() => offer(text)}>
            {text}
          </button>
        ))}
    </div>
  );
}

type EmptyProps = { direct: boolean; offer: (text: string) => void; say: (text: string) => void };
