import { ButtonStyle, ComponentType } from "discord.js";
import type { Button, Rating } from "../../src/chat.ts";

const styles = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger };
const [perRow, mostRows, longestLabel] = [5, 5, 80];

/** Buttons as Discord's rows: five to a row, the rating in a row of its own under them. */
export function rowsOf(buttons: Button[], rating?: Rating): unknown[] {
  const rows: unknown[][] = [];
  const drawn = buttons.slice(0, perRow * mostRows).map(drawButton);
  for (let at = 0; at < drawn.length; at += perRow) rows.push(drawn.slice(at, at + perRow));
  if (rating && rows.length < mostRows) rows.push(ratingOf(rating));
  return rows.map((components) => ({ type: ComponentType.ActionRow, components }));
}

function drawButton({ id, text, value, style, opens }: Button) {
  return {
    type: ComponentType.Button,
    style: style ? styles[style] : ButtonStyle.Secondary,
    label: text.length > longestLabel ? `${text.slice(0, longestLabel - 1)}…` : text,
    custom_id: customIdOf(id, value, opens),
  };
}

/** Small ones: the emoji says it, and Discord reads its name out. */
function ratingOf({ value }: Rating): unknown[] {
  const [type, style] = [ComponentType.Button, ButtonStyle.Secondary];
  return [
    { type, style, emoji: { name: "👍" }, custom_id: customIdOf("good", value) },
    { type, style, emoji: { name: "👎" }, custom_id: customIdOf("bad", value) },
  ];
}

/** A button's or form's own words in the 100 characters that Discord carries for us. */
export function customIdOf(id: string, value?: string, opens = false): string {
  if (opens) return `${id}\n${value ?? ""}\nopens`;
  return value === undefined ? id : `${id}\n${value}`;
}

/** The words of a button or form, as they were put into it. */
export function wordsIn(customId: string): { id: string; value?: string; opens: boolean } {
  const [first, last] = [customId.indexOf("\n"), customId.lastIndexOf("\n")];
  const opens = first !== last && customId.slice(last + 1) === "opens";
  const text = opens ? customId.slice(0, last) : customId;
  const at = text.indexOf("\n");
  if (at === -1) return { id: text, opens };
  const value = text.slice(at + 1);
  return { id: text.slice(0, at), ...((value !== "" || !opens) && { value }), opens };
}
