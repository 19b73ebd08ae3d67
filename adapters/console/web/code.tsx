import { useSignal } from "@preact/signals";
import { words } from "./words.ts";

/** A block of code, with its language and a button that copies it. */
export function Code({ text, language }: { text: string; language: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
    setTimeout(() => {
      copied.value = false;
    }, 1_500);
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{language}</span>
        <button type="button" class="quiet" onClick={copy}>
          {copied.value ? words.copied : words.copy}
        </button>
      </div>
      <pre>
        <code>{text}</code>
      </pre>
    </div>
  );
}
