import { setImmediate as turn } from "node:timers/promises";
import type { Query } from "../../src/store/connection.ts";
import type { FakeTime } from "./fake-time.ts";

/**
 * SQLite as a machine under load has it: statements that are under way together are carried out in an order drawn by
 * lot, one at a time. The same seed gives the same order, whatever the real disk does. What a killed process had not
 * been given yet is not carried out.
 */
export function drawnOrder(query: Query, time: Pick<FakeTime, "outside" | "random">, isDead: () => boolean): Query {
  const waiting: (() => Promise<void>)[] = [];
  let asked = 0;
  let isBusy = false;

  async function carryOut(): Promise<void> {
    isBusy = true;
    while (waiting.length > 0) {
      // All that asks in this moment has asked, also what is gathered into batches.
      for (let calm = 0; calm < 3; ) {
        const before = asked;
        await turn();
        calm = asked === before ? calm + 1 : 0;
      }
      const [drawn] = waiting.splice(Math.floor(time.random() * waiting.length), 1);
      await drawn?.();
    }
    isBusy = false;
  }

  return <Row>(sql: string, ...values: unknown[]) => {
    asked += 1;
    const answer = new Promise<Row[]>((resolve, reject) => {
      waiting.push(async () => (isDead() ? resolve([]) : query<Row>(sql, ...values).then(resolve, reject)));
    });
    if (!isBusy) void carryOut();
    return time.outside(answer);
  };
}
