import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** The tests that need a browser: `npx vitest run --config tests/browser/vitest.config.ts`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["tests/browser/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
