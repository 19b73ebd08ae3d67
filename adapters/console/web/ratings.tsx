import { useSignal } from "@preact/signals";
import type { Rating } from "../../../src/chat.ts";
import type { Message, Rated } from "../wire.ts";
import { Icon } from "./icon.tsx";
import { me } from "./live.ts";
import { send } from "./request.ts";

/** 👍 and 👎 under an answer; the one chosen stays marked. */
export function Ratings({ message, rating, rated }: { message: string; rating: Rating; rated: Message["rated"] }) {
  const problem = useSignal<string | undefined>(undefined);
  const rate = async (rating: Rated) => {
    problem.value = (await send("ratings", { message, rating })).problem;
  };
  return (
    <div class="ratings">
      {(["good", "bad"] as const).map((choice) => (
        <button
          key={choice}
          type="button"
          aria-label={rating[choice]}
          title={rating[choice]}
          aria-pressed={rated?.[me.value] === choice}
          onClick={() => rate(choice)}
        >
          <Icon name={choice} />
        </button>
      ))}
      {problem.value && (
        <span class="problem" role="alert">
          {problem.value}
        </span>
      )}
    </div>
  );
}
