import { computed, effect } from "@preact/signals";
import { connection, me, you } from "./live.ts";
import { send } from "./request.ts";
import { language } from "./words.ts";

/** Does the bot know the language of whoever acts? What it draws before may be in another. */
export const understood = computed(() => connection.value === "live" && you.value?.language === language.value);

/** Keeps the page in the language chosen, and lets the bot speak it to whoever acts. */
export function tellLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value;
  });
  effect(() => {
    const wanted = language.value;
    const known = you.value;
    if (connection.value === "live" && known && known.language !== wanted)
      void send("language", { language: wanted }, me.peek());
  });
}
