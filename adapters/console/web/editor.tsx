import { useSignal } from "@preact/signals";
import { send } from "./live.ts";
import { words } from "./words.ts";

/** Changes a message's words in place. */
export function Editor({ id, text, done }: { id: string; text: string; done: () => void }) {
  const changed = useSignal(text);
  const problem = useSignal<string | undefined>(undefined);
  const save = async () => {
    if (changed.value.trim() === text.trim() || changed.value.trim() === "") return done();
    problem.value = (await send("edits", { message: id, text: changed.value })).problem;
    if (!problem.value) done();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.isComposing) return;
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
        aria-label={words.edit}
        rows={Math.min(8, changed.value.split("\n").length)}
        value={changed.value}
        onInput={(event) => (changed.value = event.currentTarget.value)}
        onKeyDown={keys}
        ref={(element) => element?.focus()}
      />
      <div class="buttons">
        <button type="button" class="primary" onClick={save}>
          {words.save}
        </button>
        <button type="button" class="plain" onClick={done}>
          {words.cancel}
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
