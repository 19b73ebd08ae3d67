import { describe, expect, it } from "vitest";
import { complaintOf } from "../../src/agent/complaint.ts";
import { withoutPreset } from "../../src/tools/presets.ts";
import { carried } from "../../src/tools/weight.ts";

const preset = { tenant: "team-a" };
const tenant = { type: "string", description: "Whose data." };
const query = { type: "string" };

describe("a preset argument", () => {
  const shapes: Record<string, Record<string, unknown>> = {
    "among the properties": {
      properties: { query, tenant },
      required: ["query", "tenant"],
      additionalProperties: false,
    },
    "behind a reference": {
      $ref: "#/$defs/Input",
      $defs: {
        Input: {
          type: "object",
          properties: { query, tenant: { $ref: "#/$defs/Tenant" } },
          required: ["query", "tenant"],
        },
        Tenant: tenant,
      },
    },
    "behind references of the older kind": {
      $ref: "#/definitions/A",
      definitions: {
        A: { $ref: "#/definitions/B" },
        B: { properties: { query, tenant }, required: ["tenant", "query"] },
      },
    },
    "in parts that are put together": {
      allOf: [{ properties: { query }, required: ["query"] }, { $ref: "#/$defs/Whose" }],
      $defs: { Whose: { properties: { tenant }, required: ["tenant"] } },
    },
    "in alternatives": {
      properties: { query },
      anyOf: [{ required: ["query", "tenant"] }, { properties: { tenant }, required: ["tenant", "query"] }],
    },
    "that another one asks for": {
      properties: { query, tenant },
      required: ["query"],
      dependentRequired: { query: ["tenant"], tenant: ["query"] },
      minProperties: 2,
    },
  };

  it.each(Object.entries(shapes))("%s is neither shown nor missed", async (_, schema) => {
    const shown = withoutPreset(schema, preset);
    expect(JSON.stringify(shown)).not.toMatch(/tenant|Whose data/i);
    expect(JSON.stringify(shown)).toContain("query");
    expect(await complaintOf(shown, { query: "x" })).toBeUndefined();
    expect(await complaintOf(shown, {})).toBeDefined();
  });

  it("leaves definitions that are still in use, also by themselves", () => {
    const node = { properties: { next: { $ref: "#/$defs/Node" }, tenant } };
    const schema = { properties: { tenant, node: { $ref: "#/$defs/Node" } }, $defs: { Node: node, Gone: tenant } };
    const shown = withoutPreset(schema, preset);
    // The node's own tenant is another argument.
    expect(shown).toEqual({ properties: { node: { $ref: "#/$defs/Node" } }, $defs: { Node: node } });
  });

  it("in a shape that names itself at once comes to an end", () => {
    expect(withoutPreset({ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, preset)).toBeDefined();
    expect(withoutPreset({ $ref: "#", properties: { query, tenant } }, preset)).toMatchObject({
      properties: { query },
    });
    const wide = { anyOf: Array.from({ length: 20 }, () => ({ $ref: "#/$defs/a" })) };
    const begun = performance.now();
    expect(withoutPreset({ ...wide, $defs: { a: wide } }, preset)).toBeDefined();
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it("does not grow what is referred to again and again without measure", () => {
    const long = { properties: { k: {}, x: { description: "x".repeat(200_000) } } };
    const allOf = Array.from({ length: 900 }, () => ({ $ref: "#/$defs/long" }));
    const left = withoutPreset({ type: "object", allOf, $defs: { long } }, { k: 1 });
    expect(JSON.stringify(left).length).toBeLessThan(1_000_000);
    expect(JSON.stringify(left)).not.toContain('"k"');
  });

  it("leaves the schema as it is where there is none", () => {
    const schema = shapes["behind a reference"] ?? {};
    expect(withoutPreset(schema, {})).toBe(schema);
  });
});

describe("parameters beyond all measure", () => {
  it("are shown by names and types alone", () => {
    const properties = { a: { type: "string", description: "x".repeat(100_000) }, b: { type: "array" }, c: {} };
    expect(carried({ type: "object", properties, required: ["a", "z"] })).toEqual({
      type: "object",
      properties: { a: { type: "string" }, b: { type: "array", items: {} }, c: {} },
      required: ["a"],
    });
  });

  it("are shown so also where they are too deep to be written down", () => {
    let deep: Record<string, unknown> = {};
    for (let n = 0; n < 50_000; n++) deep = { properties: { a: deep } };
    expect(carried(deep)).toEqual({ type: "object", properties: { a: {} }, required: [] });
  });

  it("are shown whole up to 64 KB", () => {
    const fine = { type: "object", properties: { a: { description: "x".repeat(60_000) } } };
    expect(carried(fine)).toBe(fine);
  });
});
