// Bellhop's own connection, as the conformance suite starts it: with the address of a server as its last argument. It
// connects as the built program does, calls each tool once as a model would, and closes. Who is asked something leaves
// the form as it is and sends it off; who is sent to a page to sign in says yes there.
import { formOf, pagesOf, readForm } from "../../src/bot/asking-back/question-form.ts";
import { McpServer } from "../../src/config/schema/mcp-server.ts";
import { createUrlGuard } from "../../src/tools/guarded-fetch.ts";
import { connectMcpServer } from "../../src/tools/mcp/mcp.ts";
import { admitItself } from "../../src/tools/oauth/as-itself.ts";
import { createSignIn } from "../../src/tools/oauth/sign-in.ts";
import { createLog } from "../../src/watch/log.ts";
import { wordsOf } from "../../src/words/words.ts";

const words = wordsOf("en");
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? "";
const {
  client_id,
  client_secret,
  private_key_pem: private_key,
} = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
const as = scenario.startsWith("auth/client-credentials-") ? "itself" : "person";
const proof = private_key ? { private_key } : client_secret && { client_secret };
const given = client_id && proof ? { as, client_id, ...proof } : true;
const server = McpServer.parse({
  name: "conformance",
  url: process.argv.at(-1),
  ...(scenario.startsWith("auth/") ? { oauth: given } : {}),
});
const kept = new Map();
let visits = 0;
const guard = createUrlGuard({ allowPrivate: () => [] });
const signIn = server.oauth && (as === "itself" ? admitItself(server, { guard, now: Date.now }) : signInByVisit());

const log = createLog({ level: "debug", redact: (text) => text });
const box = connectMcpServer(server, { log, env: process.env, signIn });
await box.tried;
await untilConnected();
const { state, error } = box.state();
if (state !== "connected") console.error(`not connected: ${error}`);

let isGood = state === "connected";
for (const tool of box.tools()) {
  const call = () => tool.run(sample(tool.parameters), new AbortController().signal, { ask: leave });
  let { text, failed = false } = await call();
  // Rights that were given in the middle of a call hold for the next.
  if (failed && visits > 1) {
    await untilConnected();
    ({ text, failed = false } = await call());
  }
  console.log(`${tool.name}: ${failed ? "failed: " : ""}${text}`);
  isGood &&= !failed;
}
await box.close();
process.exit(isGood ? 0 : 1);

/** Somebody is there to say yes. */
function signInByVisit() {
  return createSignIn(server, {
    kv: {
      get: async (key) => kept.get(key),
      set: async (key, value) => void kept.set(key, value),
      delete: async (key) => void kept.delete(key),
    },
    guard,
    now: Date.now,
    visit: {
      place: {
        redirect: "http://127.0.0.1:3000/oauth/callback",
        document: "https://conformance-test.local/client-metadata.json",
      },
      async open(url) {
        // Nobody presses the same link for ever.
        if (++visits > 3) throw new Error("asked too often");
        const { headers } = await fetch(url, { redirect: "manual" });
        return new URL(headers.get("location") ?? "").searchParams;
      },
    },
  });
}

/** Whoever signs in in the middle of an attempt is let in by the next. */
async function untilConnected() {
  for (const end = Date.now() + 10_000; server.oauth && box.state().state !== "connected" && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The forms as people would see them, sent off as they are. */
async function leave(question) {
  if (question.kind !== "form") return { kind: "declined" };
  const values = pagesOf(question.fields).map((fields) => {
    const { inputs } = formOf({ id: "form", value: "", from: question.from, fields }, words);
    const typed = Object.fromEntries(inputs.map(({ id, value }) => [id, value]));
    return readForm(fields, typed, words, "UTC").values;
  });
  return { kind: "given", values: Object.assign({}, ...values) };
}

/** Something for each argument that must be given. */
function sample({ properties = {}, required = [] }) {
  const filled = { number: 2, integer: 2, boolean: true, array: [], object: {}, string: "text" };
  return Object.fromEntries(required.map((name) => [name, filled[properties[name]?.type] ?? "text"]));
}
