// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the texts under test
import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeVariables, expand } from "../../src/config/expand.ts";
import { loadTexts } from "./load-texts.ts";

const env = { NAME: "ana", EMPTY: "", TRICKY: "$1 ${NAME} $& # : {" };

test("variables are filled in, wherever in a text they stand", () => {
  expect(expand("${NAME}, ${NAME}!", env).text).toBe("ana, ana!");
  expect(expand("[${EMPTY}]", env).text).toBe("[]");
});

test("a default stands in for an unset or empty variable", () => {
  expect(expand("${GONE:-x y:-z}", env).text).toBe("x y:-z");
  expect(expand("${EMPTY:-x}", env).text).toBe("x");
  expect(expand("${GONE:-}", env).text).toBe("");
  expect(expand("${NAME:-x}", env).text).toBe("ana");
});

test("$${ stands for a plain ${, and other dollars for themselves", () => {
  expect(expand("$${NAME} $NAME $$ $ 5$", env).text).toBe("${NAME} $NAME $$ $ 5$");
});

test("what a variable holds is taken as it is", () => {
  expect(expand("${TRICKY}", env).text).toBe(env.TRICKY);
});

test("what cannot be filled in is told", () => {
  expect(expand("${GONE}", env).complaints).toEqual([
    "the variable GONE is not set — set it in the environment or .env and start again, or write ${GONE:-default}",
  ]);
  expect(expand("${NAME", env).complaints).toEqual(["${NAME has no closing } — write $${ for a plain ${"]);
  expect(expand("${}", env).complaints).toEqual(["${} is not ${VAR} or ${VAR:-default} — write $${ for a plain ${"]);
  expect(expand("${NAME-x}", env).complaints).toHaveLength(1);
  expect(expand("${GONE:-${NAME}}", env).complaints).toEqual(["the default of ${GONE} may not hold another ${…}"]);
});

test("whatever a text is, escaped it expands to itself", () => {
  const dollars = fc.string({ unit: fc.constantFrom("$", "{", "}", "${", "$${", "A", ":-", " ", "\n"), maxLength: 20 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), dollars), (text) => {
      expect(expand(escapeVariables(text), env)).toEqual({ text, variables: [], complaints: [] });
    }),
    { numRuns: 1000 },
  );
});

test("only values are expanded, never keys, comments or the structure", () => {
  const { config, problems } = loadTexts(
    {
      agents: "agents:\n  - name: a # ${COMMENT}\n    role: ${ROLE}\n",
      mcp_servers: "mcp_servers: [{ name: s, command: x, env: { '${KEY}': \"${ROLE}\" } }]",
    },
    { env: { ROLE: "x\n    enabled: false", KEY: "k" } },
  );
  expect(problems).toEqual([]);
  expect(config?.agents[0]).toMatchObject({ role: "x\n    enabled: false", enabled: true });
  expect(config?.mcp_servers[0]).toMatchObject({ env: { "${KEY}": "x\n    enabled: false" } });
});

test("an unset variable is told where it stands", () => {
  const { problems } = loadTexts({ llm: 'models:\n  - name: m\n    provider: openai\n    api_key: "${OPENAI_KEY}"\n' });
  expect(problems.map(({ text }) => text)).toEqual([
    "config/llm.yaml:4:14 models[0].api_key: the variable OPENAI_KEY is not set — set it in the environment or .env and start again, or write ${OPENAI_KEY:-default}",
  ]);
});
