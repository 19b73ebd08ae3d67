// Bree as it is usually used: a worker of its own for each run. So many jobs due in the same second, each one call of the
// model; nothing is claimed, recorded or posted. bree-each.js JOB-FILE COUNT, ready when all are set, done when all are done.
import Bree from "bree";

const [path = "", count = "0"] = process.argv.slice(2);
const { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL } = process.env;
const due = new Date(Date.now() + 4_000);
let ended = 0;
// It is looked at after its work, too.
setInterval(() => {}, 60_000);
const bree = new Bree({
  root: false,
  logger: false,
  silenceRootCheckError: true,
  jobs: Array.from({ length: Number(count) }, (_, n) => ({
    name: `job-${n}`,
    path,
    date: due,
    worker: { env: { OPENAI_API_KEY, OPENAI_BASE_URL, OPENAI_MODEL } },
  })),
  errorHandler: (error: unknown) => console.error(error),
});
bree.on("worker deleted", () => {
  ended += 1;
  if (ended === Number(count)) console.log("done");
});
await bree.start();
console.log(`ready ${due.getTime()}`);
