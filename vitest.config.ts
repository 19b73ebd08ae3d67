import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const inCi = process.env.CI === "true";

/** Begun first, the longest of all before the rest: whichever comes last has one core, and nobody beside it. */
const longest = [
  "schedules/simulation",
  "stories/elicitation",
  "stories/start",
  "stories/killed",
  "stories/model-trouble",
  "schedules/killed",
  "adapters/console-chat",
  "config/at-once",
  "simulation/judge",
  "stories/weather",
  "entrance/simulate",
  "runs/runner",
  "stories/tool-files",
  "stories/server-prompts",
  "schedules/when/fuzz",
  "stories/config-live",
  "adapters/discord-posting",
  "stories/commands",
  "entrance/schedule",
  "stories/digest",
  "adapters/slack-answers",
];

/** Without it a machine that has not run them yet goes by the size of files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const known = longest.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
      return known < 0 ? longest.length : known;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/browser/**", "tests/faults/**"],
    globalSetup: ["tests/build.ts"],
    pool: "forks",
    // Files share a process, as adapters do in the program: loading the platforms' libraries for each would cost a third.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Both cores are busy with tests: threads that collect beside them cost more than they save.
    // Much is made and soon forgotten: with room for it less is looked through.
    execArgv: ["--single-threaded-gc", "--max-semi-space-size=64"],
    // Many wait for a platform's pace most of the time.
    maxWorkers: 4,
    // Only what hangs needs as long: whole programs start in some, on machines that do much more than test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
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
