import { defineConfig } from "vitest/config";

/** The console's page in a real browser; a run of its own, since it needs Debian's chromium. */
export default defineConfig({
  test: {
    include: ["tests/browser/**/*.test.ts"],
    globalSetup: ["tests/build.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env.CI === "true" ? ["default", "json"] : ["default"],
    outputFile: { json: "coverage/browser.json" },
  },
});
