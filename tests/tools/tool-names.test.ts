import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toolTitle } from "../../src/agent/tool-title.ts";
import { toolName } from "../../src/tools/tool-names.ts";

/** Names as servers have them: short and very long, Latin or not, near to each other. */
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "_", "-", ".", "/", " ", "天", "ß", "😀"), maxLength: 90 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("x", "_x", "x_", "x__y", "say hello", "say_hello", "say.hello"),
);

describe("the name of a tool", () => {
  it("is the server's and its own where models can take them", () => {
    expect(toolName("files", "read_file")).toBe("files__read_file");
    expect(toolTitle("files__read_file")).toBe("files read_file");
  });

  it("is always one that models take", () => {
    fc.assert(
      fc.property(piece, piece, (server, tool) => {
        expect(toolName(server, tool)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(toolName(server, tool)).toContain("__");
      }),
    );
  });

  it("is no other tool's, of this server or another", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(piece, piece), { selector: (pair) => JSON.stringify(pair) }), (tools) => {
        expect(new Set(tools.map(([server, tool]) => toolName(server, tool))).size).toBe(tools.length);
      }),
    );
  });

  it("can't be taken by a tool that is called as another is spelled for models", () => {
    const spelled = toolName("a.b", "say hello");
    expect(spelled).toMatch(/^a_b__say_hello_/);
    expect(toolName("a_b", spelled.slice("a_b__".length))).not.toBe(spelled);
  });

  it("is told apart where server and tool meet otherwise", () => {
    expect(toolName("a", "_x")).not.toBe(toolName("a_", "x"));
  });

  it("stays the same in the next version, since conversations and rules remember it", () => {
    expect(toolName("wetter", "天氣")).toBe("wetter__tool_gj2iyvdrv6");
    expect(toolName("files", "x".repeat(80))).toBe(`files__${"x".repeat(46)}_4x9te4rq6c`);
  });

  it("is shown to people without its mark", () => {
    expect(toolTitle(toolName("a.b", "say hello"))).toBe("a_b say_hello");
  });
});
