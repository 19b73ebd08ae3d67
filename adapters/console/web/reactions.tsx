import type { Message } from "../wire.ts";
import { someone } from "./live.ts";

/** The emoji that were put on a message, each with how many put it there. */
export function Reactions({ reactions }: { reactions: NonNullable<Message["reactions"]> }) {
  return (
    <ul class="reactions">
      {Object.entries(reactions).map(([emoji, by]) => {
        const names = by.map((id) => someone(id).name).join(", ");
        return (
          <li key={emoji} title={names}>
            <span role="img" aria-label={`${emoji} ${names}`}>
              {emoji}
            </span>
            {by.length > 1 && <span class="count">{by.length}</span>}
          </li>
        );
      })}
    </ul>
  );
}
