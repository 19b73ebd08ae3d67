// A worker job that misbehaves as its instructions say; it speaks what src/runs/crossing.ts says.
import { existsSync, writeFileSync } from "node:fs";
import { parentPort, threadId, workerData } from "node:worker_threads";

const tell = (message) => parentPort.postMessage([message]);
const usage = { input: 1, output: 1 };
const running = 0;
/** As the real one, it knows nothing of a run before it was given it. */
const given = new Set();

const call = (run, nth) => ({ kind: "call", run, call: { id: `c${nth}`, name: "look", input: "{}" } });

const deeds = {
  answer: ({ id }) => tell({ kind: "ended", run: id, ending: { kind: "answered", text: "fine", model: "m", usage } }),
  never: () => {},
  spin: () => {
    for (;;);
  },
  throw: () => {
    throw new Error("a fault of its own");
  },
  reject: () => Promise.reject(new Error("a rejection nobody heard")),
  exit: () => process.exit(3),
  memory: () => {
    const heap = [];
    for (;;) heap.push(new Array(100_000).fill(heap.length));
  },
  flood: ({ id }) => {
    for (let n = 0; n < 4000; n++) process.stdout.write(`${"x".repeat(1023)}\n`);
    setImmediate(() => deeds.answer({ id }));
  },
  nonsense: ({ id }) => {
    parentPort.postMessage("done-ish");
    tell("more of it");
    tell({ kind: "ended", run: "somebody else's", ending: { kind: "stopped", text: "", usage } });
    tell({ kind: "what", is: "this" });
    deeds.answer({ id });
  },
  calls: ({ id }) => parentPort.postMessage(Array.from({ length: 30 }, (_, at) => call(id, at + 1))),
  drop: (input) => {
    deeds.calls(input);
    tell({ kind: "drop", run: input.id });
  },
  go: ({ id }, go) =>
    tell({
      kind: "ended",
      run: id,
      ending: { kind: "answered", text: JSON.stringify(go ?? "none"), model: "m", usage },
    }),
  secrets: ({ id }) =>
    tell({
      kind: "ended",
      run: id,
      ending: { kind: "answered", text: JSON.stringify(process.env), model: "m", usage },
    }),
};

/** What becomes of a file, by the first word of its name. */
const readings = {
  who: () => `${workerData.job.name} ${threadId}`,
  size: ({ bytes }) => String(bytes.length),
  never: () => undefined,
  spin: deeds.spin,
  exit: deeds.exit,
  // The rest of the name is where the first worker leaves word for the second.
  once: ({ name }) => {
    const mark = name.slice("once ".length);
    if (existsSync(mark)) return "read by the second";
    writeFileSync(mark, "");
    return deeds.exit();
  },
};

/** Results of calls, how many crossed together. */
const together = [];

function hear(message) {
  if (message.kind === "result" && message.call === "c30")
    tell({
      kind: "ended",
      run: message.run,
      ending: { kind: "answered", text: together.join(" "), model: "m", usage },
    });
  if (message.kind === "ping") tell({ kind: "pong", runs: running, heapBytes: 1 });
  if (message.kind === "stop" && given.has(message.run))
    tell({ kind: "ended", run: message.run, ending: { kind: "stopped", text: "so far", usage } });
  if (message.kind === "read") {
    const text = readings[message.file.name.split(" ")[0]](message.file);
    if (text !== undefined) tell({ kind: "text", id: message.id, text: { text } });
  }
  if (message.kind !== "run") return;
  given.add(message.input.id);
  deeds[message.input.instructions.split("\n")[0]](message.input, message.go);
}

parentPort.on("message", (messages) => {
  if (messages === "cancel") process.exit(0);
  const results = messages.filter(({ kind }) => kind === "result").length;
  if (results > 0) together.push(results);
  for (const message of messages) hear(message);
});
tell({ kind: "ready" });
