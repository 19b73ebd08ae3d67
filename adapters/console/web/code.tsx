import { useSignal } from "@preact/signals";
import { copy } from "./notice.ts";
import { words } from "./words.ts";

/** A block of code, with its language and a button that copies it. */
export function Code({ text, language }: { text: string; language: string }) {
  const copied = useSignal(false);
  const take = async () => {
    copied.value = await copy(text);
    setTimeout(() => {
      copied.value = false;
    }, 1_500);
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{language}</span>
        <button type="button" class="quiet" onClick={take}>
          {copied.value ? words.value.copied : words.value.copy}
        </button>
      </div>
      <pre dir="ltr">
        <code>{text}</code>
      </pre>
    </div>
  );
}
