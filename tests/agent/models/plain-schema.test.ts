import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { chatCompletions } from "../../../src/agent/models/openai.ts";
import { plainSchema } from "../../../src/agent/models/plain-schema.ts";
import { createModel, type ModelWorld } from "../../world/model/model.ts";
import { ask, specOf } from "./asking.ts";

const tree = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#" } } },
};
let wide: Record<string, unknown> = {};
for (let n = 0; n < 60; n++) wide = { properties: { a: wide }, type: "object" };

/** Parameters as tools were seen to have them, and some that nobody should have. */
const odd: Record<string, Record<string, unknown>> = {
  "nothing at all": {},
  "no properties": { type: "object" },
  "no type": { properties: { a: { type: "string" } } },
  "another type": { type: "string" },
  "properties that are a list": { type: "object", properties: [] },
  "everything behind a reference": {
    $ref: "#/definitions/Input",
    $schema: "http://json-schema.org/draft-07/schema#",
    definitions: {
      Input: { type: "object", properties: { a: { $ref: "#/definitions/Id" } }, required: ["a"] },
      Id: { type: "integer" },
    },
  },
  "alternatives at the top": {
    type: "object",
    anyOf: [
      { properties: { id: { type: "string" } }, required: ["id", "kind"] },
      { properties: { name: { type: "string" }, kind: { const: "x" } }, required: ["name", "kind"] },
    ],
  },
  "one of two at the top": { oneOf: [{ required: ["a"] }, { required: ["b"] }], properties: { a: {}, b: {} } },
  "parts put together at the top": {
    allOf: [{ $ref: "#/$defs/Base" }, { properties: { b: { type: "string" } }, required: ["b"] }],
    $defs: { Base: { properties: { a: { type: "integer" } }, required: ["a"] } },
    additionalProperties: false,
  },
  "a condition at the top": JSON.parse(
    '{"properties":{"a":{}},"if":{"required":["a"]},"then":{"required":["b"]},"else":false}',
  ),
  "true and false as schemas": { type: "object", properties: { a: true, b: false }, additionalProperties: true },
  "an array of anything": { type: "object", properties: { a: { type: "array" }, b: { type: ["array", "null"] } } },
  "items in draft 4": {
    properties: { at: { type: "array", items: [{ type: "number" }, { type: "number" }], additionalItems: false } },
  },
  "bounds in draft 4": {
    properties: { n: { type: "number", minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false } },
  },
  "required in draft 3": { properties: { a: { type: "string", required: true } }, required: true },
  "a type nobody knows": { properties: { a: { type: "any" }, b: { type: "str" }, c: { type: ["string", "file"] } } },
  "no type, written out": { properties: { a: { type: null }, b: null, c: "string" } },
  "empty lists": { properties: { a: { enum: [] }, b: { anyOf: [] }, c: { type: "array", items: [] } } },
  "words of the wrong kind": {
    properties: { a: { description: 3, format: null, pattern: {}, minLength: "1", uniqueItems: "yes" } },
  },
  "itself inside": tree,
  "itself at the top": { $ref: "#" },
  "two that name each other": { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } },
  "itself a hundredfold": { anyOf: Array.from({ length: 100 }, () => ({ $ref: "#" })), properties: { a: {} } },
  "references that lead nowhere": {
    properties: {
      a: { $ref: "#/$defs/gone" },
      b: { $ref: "https://x.example/schema.json" },
      c: { $ref: "#anchor" },
      d: { $ref: 3 },
    },
  },
  "a reference into an alternative": {
    anyOf: [{ properties: { a: { type: "string" } } }],
    properties: { b: { $ref: "#/anyOf/0/properties/a" } },
  },
  "names out of the ordinary": { properties: { $ref: { type: "string" }, __proto__x: {}, "a/b~c": {}, 天氣: {} } },
  "great depth": wide,
  "a property called as JavaScript calls things": JSON.parse(
    '{"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}',
  ),
};

let model: ModelWorld | undefined;
afterEach(() => model?.stop());

describe.each(["openai", "azure", "anthropic", "deepseek"] as const)("parameters as %s takes them", (dialect) => {
  it("are made of whatever a tool says of itself", async () => {
    model = await createModel({ dialect });
    const tools = Object.values(odd).map((parameters, nth) => ({
      name: `t${nth}`,
      description: "It does.",
      parameters,
    }));
    const provider = dialect === "azure" ? "azure_openai" : dialect;
    const open = chatCompletions({ now: Date.now, silenceMs: 5000 });
    await ask(open(specOf(model, { provider, ...(dialect === "azure" ? { apiVersion: "2024-10-21" } : {}) })), {
      tools,
    });
    expect(model.violations).toEqual([]);
  });
});

describe("parameters made plain", () => {
  it("say all that stands behind a reference", () => {
    expect(plainSchema(odd["everything behind a reference"] ?? {})).toMatchObject({
      type: "object",
      properties: { a: { $ref: "#/definitions/Id" } },
      required: ["a"],
      definitions: { Id: { type: "integer" } },
    });
  });

  it("say of alternatives what any of them knows, and demand what all demand", () => {
    expect(plainSchema(odd["alternatives at the top"] ?? {})).toEqual({
      type: "object",
      properties: { id: { type: "string" }, name: { type: "string" }, kind: { const: "x" } },
      required: ["kind"],
    });
    expect(plainSchema(odd["parts put together at the top"] ?? {})).toMatchObject({
      properties: { a: { type: "integer" }, b: { type: "string" } },
      required: ["a", "b"],
    });
  });

  it("say a property that is said twice in both its ways", () => {
    const one = { properties: { a: { type: "string" } } };
    const other = { properties: { a: { type: "integer" } } };
    expect(plainSchema({ oneOf: [one, other] }).properties).toEqual({
      a: { anyOf: [{ type: "string" }, { type: "integer" }] },
    });
  });

  it("say older drafts in the newest", () => {
    expect(plainSchema(odd["bounds in draft 4"] ?? {}).properties).toEqual({
      n: { type: "number", exclusiveMinimum: 0, maximum: 9 },
    });
    expect(plainSchema(odd["items in draft 4"] ?? {}).properties).toMatchObject({
      at: { prefixItems: [{ type: "number" }, { type: "number" }] },
    });
  });

  it("are a schema of 2020 whatever they were made of", () => {
    const judge = new Ajv2020({ strict: false, validateFormats: false, logger: false });
    const words =
      `type properties required items additionalProperties anyOf oneOf allOf not if else enum const $ref $defs
      definitions minimum exclusiveMinimum multipleOf minLength maxItems pattern format description prefixItems contains
      patternProperties propertyNames dependentRequired dependentSchemas dependencies uniqueItems readOnly default examples
      $schema $id $anchor contentEncoding unevaluatedProperties additionalItems minContains title`.split(/\s+/);
    const { schema } = fc.letrec<{ schema: unknown; value: unknown; object: Record<string, unknown> }>((tie) => ({
      object: fc.dictionary(fc.constantFrom(...words, "a"), tie("value"), { maxKeys: 5 }),
      schema: fc.oneof({ depthSize: "small" }, tie("object"), fc.boolean()),
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>(
          "object",
          "string",
          "#",
          "#/$defs/a",
          "a",
          null,
          true,
          false,
          0,
          -1,
          1.5,
          ["a", "a"],
          ["string"],
        ),
        tie("schema"),
        fc.array(tie("schema"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("a", "b"), tie("schema")),
      ),
    }));
    fc.assert(
      fc.property(schema, (written) => {
        const plain = plainSchema(JSON.parse(JSON.stringify({ properties: { a: written }, $defs: { a: written } })));
        expect(judge.validateSchema(plain), JSON.stringify(judge.errors)).toBe(true);
        const top = typeof written === "object" && written !== null ? written : {};
        expect(judge.validateSchema(plainSchema({ ...top })), JSON.stringify(judge.errors)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("are left as they are where nothing is odd about them", () => {
    const fine = {
      type: "object",
      properties: {
        a: { type: "string", enum: ["x"] },
        b: { anyOf: [{ type: "null" }, { type: "integer", minimum: 1 }] },
      },
      required: ["a"],
      additionalProperties: false,
    };
    expect(plainSchema(fine)).toEqual(fine);
    expect(plainSchema(tree)).toEqual(tree);
  });
});
