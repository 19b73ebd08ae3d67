import { defineConfig } from "vitest/config";

const inCi = process.env.CI === "true";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/browser/**", "tests/faults/**"],
    globalSetup: ["tests/build.ts"],
    pool: "forks",
    // Files share a process, as adapters do in the program: loading the platforms' libraries for each would cost a third.
    isolate: false,
    // Many wait for a platform's pace most of the time.
    maxWorkers: 4,
    // Only what hangs needs as long: whole programs start in some, on machines that do more than test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: inCi ? ["default", "json"] : ["default"],
    outputFile: { json: "coverage/tests.json" },
    coverage: {
      enabled: inCi,
      clean: false,
      provider: "v8",
      include: ["src/**/*.ts", "adapters/**/*.ts", "jobs/**/*.ts"],
      exclude: ["adapters/console/web/**", "src/main.ts", "src/cli.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 85, branches: 80 },
    },
  },
});
