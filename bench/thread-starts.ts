// Starts threads one after the other and prints how long each took until it spoke: thread-starts.js FILE TIMES
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const [file = "", times = "1"] = process.argv.slice(2);
const took: number[] = [];
for (let n = 0; n < Number(times); n++) {
  const began = performance.now();
  const worker = new Worker(file, { env: {} });
  await once(worker, "message");
  took.push(performance.now() - began);
  await worker.terminate();
}
console.log(JSON.stringify(took));
