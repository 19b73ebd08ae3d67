import { effect } from "@preact/signals";
import { preference } from "./preference.ts";

/** Light, dark, or as the system has it. */
export const themes = ["light", "system", "dark"] as const;
/** The theme chosen. */
export const theme = preference("theme", "system", (kept): kept is (typeof themes)[number] =>
  themes.some((theme) => theme === kept),
);

/** Keeps the page in the theme chosen. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
