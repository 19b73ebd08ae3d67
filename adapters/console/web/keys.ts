import { focusNextPart, isWriting } from "./focus.ts";
import { places } from "./live.ts";
import { shortcutKeys } from "./message-acts.ts";
import { overlay } from "./overlay.ts";
import { go, place, placesOpen } from "./place.ts";
import { words } from "./words.ts";

/** The keys that do something wherever the reader is. */
export function anywhere(event: KeyboardEvent): void {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const command = (ctrlKey || metaKey) && !altKey && !shiftKey;
  if (command && key.toLowerCase() === "k") overlay.value = { kind: "switcher" };
  else if ((command && key === "/") || (key === "?" && !isWriting(target))) overlay.value = { kind: "keys" };
  else if (key === "F6") focusNextPart(shiftKey);
  else if (altKey && (key === "ArrowUp" || key === "ArrowDown")) goAlong(key === "ArrowUp" ? -1 : 1);
  else if (key === "Escape" && placesOpen.peek()) placesOpen.value = false;
  else if ((key === "j" || key === "k") && !isWriting(target) && !ctrlKey && !metaKey && !altKey) toMessages();
  else return;
  event.preventDefault();
}

/** To the channel before or after this one. */
function goAlong(step: number): void {
  const all = places.peek();
  const now = all.findIndex(({ id }) => id === place.peek()?.channel?.id);
  const next = all[(now + step + all.length) % all.length];
  if (next) go(next.id);
}

/** To the newest message there is. */
function toMessages(): void {
  const all = document.querySelectorAll<HTMLElement>(".pane:last-of-type .message");
  all.item(all.length - 1)?.focus();
}

const apple = /Mac|iPhone|iPad/.test(navigator.platform);
const control = apple ? "⌘" : "Ctrl";
const option = apple ? "⌥" : "Alt";

/** How the key that opens the switcher is written here. */
export const jumpKeys = apple ? "⌘K" : "Ctrl K";

/** The keys there are, by where they work: what to press, and what it does. */
export function keySheet(): { title: string; keys: { press: string[]; does: string }[] }[] {
  const say = words.value;
  return [
    {
      title: say.keysAnywhere,
      keys: [
        { press: [control, "K"], does: say.keyJump },
        { press: [option, "↑ ↓"], does: say.keyChannels },
        { press: ["F6"], does: say.keyRegions },
        { press: ["Esc"], does: say.keyEscape },
        { press: ["?"], does: say.keySheet },
      ],
    },
    {
      title: say.keysWriting,
      keys: [
        { press: ["Enter"], does: say.keySend },
        { press: ["Shift", "Enter"], does: say.keyLine },
        { press: ["↑"], does: say.keyEditLast },
        { press: ["@ /"], does: say.keyComplete },
        { press: ["Esc"], does: say.keyToMessages },
      ],
    },
    {
      title: say.keysMessages,
      keys: [
        { press: ["J K", "↑ ↓"], does: say.keyMove },
        { press: ["Home", "End"], does: say.keyFirst },
        { press: ["Enter", "R"], does: say.keyOpen },
        ...shortcutKeys.value,
        { press: ["E"], does: say.edit },
        { press: ["C"], does: say.copyText },
        { press: ["Q", "P"], does: say.keyQuote },
        { press: ["Del"], does: say.remove },
        { press: ["M"], does: say.keyMenu },
      ],
    },
  ];
}
