import { expect, test } from "vitest";
import { End } from "../../src/tools/mcp/end.ts";

test("whoever listens hears the end, and its first reason", () => {
  const end = new End();
  const { signal } = end;
  expect(signal.aborted).toBe(false);
  end.come("stopped");
  end.come("over");
  expect(signal.reason).toBe("stopped");
});

test("who listens too late hears the same", () => {
  const end = new End();
  end.come("stopped");
  end.come("over");
  expect(end.signal).toMatchObject({ aborted: true, reason: "stopped" });
  expect(end.signal).toBe(end.signal);
});
