import { describe, expect, test } from "vitest";
import { complaintOf } from "../../src/agent/complaint.ts";

describe("a value that fits", () => {
  test.each([
    ["an empty schema", {}, { anything: true }],
    ["a draft-07 schema", { $schema: "http://json-schema.org/draft-07/schema#", $id: "x", type: "object" }, {}],
    ["conditions", { dependentRequired: { a: ["b"] }, not: { required: ["c"] } }, { a: 1, b: 2 }],
    ["a format we do not judge", { properties: { at: { type: "string", format: "date-time" } } }, { at: "noon" }],
    ["a schema that makes no sense", { type: "objekt", properties: 3 }, { a: 1 }],
    ["a schema whose pattern is broken", { properties: { a: { pattern: "(" } } }, { a: "x" }],
  ])("under %s is not complained of", async (_, schema, value) => {
    expect(await complaintOf(schema, value)).toBeUndefined();
  });

  test("may be of a shape that names itself", async () => {
    const tree = {
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#" } }, name: { type: "string" } },
      required: ["name"],
    };
    expect(await complaintOf(tree, { name: "a", children: [{ name: "b" }] })).toBeUndefined();
    expect(await complaintOf(tree, { name: "a", children: [{}] })).toBe(
      "children.0 must have required property 'name'",
    );
  });
});

describe("a value that does not fit", () => {
  const schema = {
    type: "object",
    properties: { path: { type: "string" }, kind: { enum: ["a", "b"] }, n: { type: "integer", maximum: 3 } },
    required: ["path"],
    additionalProperties: false,
  };

  test.each([
    [{}, "it must have required property 'path'"],
    [{ path: 1 }, "path must be string"],
    [{ path: "x", kind: "c" }, "kind must be equal to one of the allowed values (a, b)"],
    [{ path: "x", n: 4 }, "n must be <= 3"],
    [{ path: "x", size: 1 }, "it must NOT have additional properties (size)"],
    [{ n: 1.5 }, "it must have required property 'path'; n must be integer"],
  ])("%o is told what is wrong with it", async (value, complaint) => {
    expect(await complaintOf(schema, value)).toBe(complaint);
  });

  test("in many ways is told the first of them", async () => {
    const items = { type: "array", items: { type: "string" } };
    expect(await complaintOf(items, [1, 2, 3, 4, 5, 6, 7])).toMatch(/^0 must be string; .*; and 2 more$/);
  });

  test("is judged anew by each schema", async () => {
    expect(await complaintOf({ required: ["a"] }, {})).toBeDefined();
    expect(await complaintOf({ required: ["b"] }, { b: 1 })).toBeUndefined();
  });
});

describe("a schema of an older draft", () => {
  test.each([
    ["exclusive bounds", { minimum: 0, exclusiveMinimum: true }, 0, "it must be > 0"],
    ["bounds that are not exclusive", { minimum: 1, exclusiveMinimum: false }, 0, "it must be >= 1"],
    ["tuples", { items: [{ type: "string" }], additionalItems: false }, ["a", 1], "it must NOT have more than 1 items"],
    ["tuples inside", { properties: { a: { items: [{ type: "string" }] } } }, { a: [1] }, "a.0 must be string"],
    [
      "definitions",
      { definitions: { id: { type: "integer" } }, properties: { a: { $ref: "#/definitions/id" } } },
      { a: "x" },
      "a must be integer",
    ],
  ])("is understood: %s", async (_, schema, value, complaint) => {
    expect(await complaintOf(schema, value)).toBe(complaint);
  });

  test("leaves values alone that look like schemas", async () => {
    expect(await complaintOf({ const: { items: [1], minimum: 1, exclusiveMinimum: true } }, {})).toBeDefined();
    const same = { items: [1], minimum: 1, exclusiveMinimum: true };
    expect(await complaintOf({ const: { ...same } }, same)).toBeUndefined();
  });
});

describe("a schema made to keep its reader busy", () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`d${n}`, { anyOf: [1, 2].map(() => ({ $ref: `#/$defs/d${n + 1}` })) }]),
  );
  let deep: Record<string, unknown> = { type: "string" };
  for (let n = 0; n < 20_000; n++) deep = { properties: { a: deep } };
  test.each([
    ["an expression that tries everything", { properties: { a: { pattern: "^(a+)+$" } } }, { a: `${"a".repeat(60)}!` }],
    ["references that double", { $defs: { ...doubling, d40: { type: "string" } }, $ref: "#/$defs/d0" }, 1],
    ["a reference to itself alone", { $ref: "#" }, 1],
    ["itself among its alternatives", { anyOf: [{ $ref: "#" }, { $ref: "#" }], type: "string" }, 1],
    ["endless depth", deep, { a: 1 }],
    ["each item against each", { uniqueItems: true }, Array.from({ length: 30_000 }, (_, n) => ({ a: { n } }))],
    ["a reference to somewhere else", { $ref: "https://schemas.example/x.json" }, 1],
  ])("by %s holds nobody up", async (_, schema, value) => {
    const begun = performance.now();
    const first = await complaintOf(schema, value).catch(() => "threw");
    expect(first).not.toBe("threw");
    await complaintOf(schema, value);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  test("is given up after a while, and asked no more", async () => {
    const pattern = { properties: { a: { pattern: "^(b|b|b+)+$" } } };
    const value = { a: `${"b".repeat(60)}!` };
    await complaintOf({ properties: { a: { pattern: "^c$" } } }, {});
    const took = async () => {
      const begun = performance.now();
      expect(await complaintOf(pattern, value)).toBeUndefined();
      return performance.now() - begun;
    };
    expect(await took()).toBeGreaterThan(200);
    expect(await took()).toBeLessThan(100);
  });
});
