import { useLayoutEffect } from "preact/hooks";

/**
 * Gives the focus back, once this is gone, to what had it before; to something else when that is gone too. `leave` comes
 * first: nothing beneath an open dialog can have the focus.
 */
export function useReturnedFocus(otherwise: () => HTMLElement | null, leave?: () => void): void {
  useLayoutEffect(() => {
    const opener = document.activeElement;
    return () => {
      leave?.();
      const stillThere = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
      (stillThere ? opener : otherwise())?.focus();
    };
  }, []);
}

/** Lets the focus go to what stands beside this, once this is gone with the focus in it. */
export function usePassedFocus(element: { current: HTMLElement | null }, beside: string): void {
  useLayoutEffect(
    () => () => {
      const gone = element.current;
      if (!gone?.contains(document.activeElement)) return;
      const all = [...document.querySelectorAll<HTMLElement>(beside)];
      const next = all[all.indexOf(gone) + 1] ?? all[all.indexOf(gone) - 1];
      setTimeout(() => {
        if (document.activeElement === document.body) (next?.isConnected ? next : findComposer())?.focus();
      });
    },
    [],
  );
}

/** The field to write in: of the thread, where one is open, else of the channel. */
export function findComposer(within: ParentNode = document): HTMLElement | null {
  return [...within.querySelectorAll<HTMLElement>(".composer textarea")].at(-1) ?? null;
}

/** Is the reader writing something? Then letters are letters. */
export function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=radio]), textarea, select");
}

/** Moves the focus to the next of the parts that a page is made of. */
export function focusNextPart(back: boolean): void {
  const parts = [...document.querySelectorAll<HTMLElement>("[data-part]")].filter((part) => part.checkVisibility());
  const now = parts.findIndex((part) => part.contains(document.activeElement));
  const next = parts[(now + (back ? -1 : 1) + parts.length) % parts.length];
  const inside = next?.querySelector<HTMLElement>("[data-first], [aria-current], textarea");
  (inside ?? next)?.focus();
}

/** The next of these elements after the one that has the focus, or at an end of the row; none beyond an end. */
export function neighbour(all: HTMLElement[], key: string): HTMLElement | undefined {
  const now = all.findIndex((one) => one.contains(document.activeElement));
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  if (now < 0) return all.at(-1);
  return all[now + (key === "ArrowUp" || key === "k" ? -1 : 1)];
}
