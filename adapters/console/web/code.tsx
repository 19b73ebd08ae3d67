import { useSignal } from "@preact/signals";
import { words } from "./words.ts";

/** A block of code, with its language and a button that copies it. */
export function Code({ text, language }: { text: string; language: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    copied.value = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    setTimeout(() => {
      copied.value = false;
    }, 1_500);
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{language}</span>
        <button type="button" class="quiet" onClick={copy}>
          {copied.value ? words.value.copied : words.value.copy}
        </button>
      </div>
      <pre dir="ltr">
        <code>{text}</code>
      </pre>
    </div>
  );
}
