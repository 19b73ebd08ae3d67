import { effect, type Signal, signal } from "@preact/signals";

/** A choice that this browser keeps. What it kept counts only if it is still one of the choices. */
export function preference<Value extends string>(
  name: string,
  otherwise: Value,
  isChoice: (kept: string) => kept is Value,
): Signal<Value> {
  const key = `bellhop.${name}`;
  const kept = read(key);
  const choice = signal(kept !== null && isChoice(kept) ? kept : otherwise);
  effect(() => write(key, choice.value));
  return choice;
}

// A browser may forbid keeping anything; the page then works without memory.
function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {}
}
