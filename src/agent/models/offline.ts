import type { ModelSpec } from "../run-input.ts";
import type { Model } from "./model.ts";

/** A model that needs no key and no network, and says so. */
export function offlineModel(spec: ModelSpec): Model {
  return {
    name: spec.name,
    async *stream(request) {
      const asked = request.turns.findLast((turn) => turn.role === "user")?.text ?? "";
      yield { kind: "text", text: `I am the offline model. You said: ${asked.slice(0, 200)}` };
      yield { kind: "end", calls: [], stopped: "done" };
    },
  };
}
