import type { PersonId } from "../../../src/chat.ts";
import bell from "./bell.svg";
import { bot, someone } from "./live.ts";

/** A face: the bot's bell, or a person's first letter. */
export function Avatar({ id, small = false }: { id: PersonId; small?: boolean }) {
  const size = small ? " small" : "";
  if (id === bot.value.id) return <img class={`avatar${size}`} src={bell} alt="" />;
  const { name } = someone(id);
  return (
    <span class={`avatar${size}`} data-person={name} aria-hidden="true">
      {name.slice(0, 1).toUpperCase()}
    </span>
  );
}
