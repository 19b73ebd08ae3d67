import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useReturnedFocus } from "./focus.ts";
import { editing } from "./message-acts.ts";
import { send } from "./request.ts";
import { words } from "./words.ts";

/** Changes a message's words in place. */
export function Editor({ id, text }: { id: string; text: string }) {
  const changed = useSignal(text);
  const problem = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  useReturnedFocus(() => document.querySelector<HTMLElement>(`[data-id="${id}"]`));
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
    field.current?.scrollIntoView({ block: "nearest" });
  }, []);

  const done = () => {
    editing.value = undefined;
  };
  const save = async () => {
    if (changed.value.trim() === text.trim() || changed.value.trim() === "") return done();
    problem.value = (await send("edits", { message: id, text: changed.value })).problem;
    if (problem.value === undefined) done();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      done();
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void save();
    }
  };
  return (
    <div class="editor">
      <textarea
        ref={field}
        dir="auto"
        aria-label={words.value.edit}
        rows={Math.min(8, changed.value.split("\n").length)}
        value={changed.value}
        onInput={(event) => (changed.value = event.currentTarget.value)}
        onKeyDown={keys}
      />
      <div class="buttons">
        <button type="button" class="primary" onClick={save}>
          {words.value.save}
        </button>
        <button type="button" class="plain" onClick={done}>
          {words.value.cancel}
        </button>
        {problem.value && (
          <span class="problem" role="alert">
            {problem.value}
          </span>
        )}
      </div>
    </div>
  );
}
