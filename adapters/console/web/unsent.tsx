import type { Saying, Unsaid } from "./unsaid.ts";
import { words } from "./words.ts";

/** What could not be sent, why, and the ways on. */
export function UnsentList({ unsaid, deliver, back }: UnsentProps) {
  const { unsent } = unsaid;
  return (
    <>
      {unsent.value.map(({ key, problem, ...saying }) => (
        <div class="unsent" role="alert" key={key}>
          <p dir="auto">
            <strong>{words.value.notSent}:</strong> {saying.text || saying.files.map(({ name }) => name).join(", ")}
          </p>
          <p class="problem">{problem}</p>
          <button
            type="button"
            class="plain"
            onClick={() => {
              deliver(saying, key);
              back();
            }}
          >
            {words.value.again}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => {
              unsent.value = unsent.value.filter((other) => other.key !== key);
              back();
            }}
          >
            {words.value.discard}
          </button>
        </div>
      ))}
    </>
  );
}

type UnsentProps = { unsaid: Unsaid; deliver: (saying: Saying, key: string) => void; back: () => void };
