import type { Run } from "../../runs/run.ts";
import type { Underway } from "../desk/conversation.ts";
import { Answer, type AnswerParts, type Awaited } from "./answer.ts";
import type { Delivery } from "./delivery.ts";

/** Brings runs to their answers: the one road, whatever started them. */
export type Answers = {
  start(run: Run, delivery: Delivery): Underway;
  /** A parked run goes on with what its calls waited for. */
  resume(run: string, awaited: Awaited): Promise<boolean>;
  /** A parked run of an earlier process is in mind again. */
  readopt(run: Run, delivery: Delivery): Underway;
};

/** The answers over a runner and a ledger. */
export function createAnswers(parts: AnswerParts): Answers {
  const parked = new Map<string, Answer>();
  return {
    start(run, delivery) {
      const answer = new Answer(run, delivery, parts, parked);
      void answer.go();
      return answer;
    },
    readopt(run, delivery) {
      const answer = new Answer(run, delivery, parts, parked);
      parked.set(run.id, answer);
      return answer;
    },
    async resume(id, awaited) {
      const answer = parked.get(id);
      if (!answer) return false;
      parked.delete(id);
      void answer.go(awaited);
      return true;
    },
  };
}
