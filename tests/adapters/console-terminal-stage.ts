import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach } from "vitest";
import { type ChatParts, chat } from "../../adapters/console/terminal/chat.ts";
import { type ConsolePlatform, openConsole } from "./console-platform.ts";
import { TestScreen } from "./console-screen.ts";
import { type RecordingInbox, recordingInbox } from "./contract/recording-inbox.ts";

/** Somebody at a terminal, or a pipe, over a console. */
export type Sitting = {
  screen: TestScreen;
  /** All that was written, as it was. */
  written(): string;
  /** Types keys as they are; `line` ends with Enter. */
  keys(keys: string): void;
  line(text: string): void;
  /** Nothing more will be typed. */
  end(): void;
  interrupt(): void;
  /** Waits until these words stand on the screen, or until something holds. */
  shows(words: string): Promise<void>;
  until(is: () => boolean): Promise<void>;
  /** The exit code, once it is left. */
  left: Promise<number>;
};

/** A fresh console for each test, and people who sit down to it. */
export type TerminalStage = {
  readonly workspace: ConsolePlatform;
  readonly inbox: RecordingInbox;
  sit(parts?: Partial<ChatParts> & { columns?: number; rows?: number }): Sitting;
};

const patienceMs = 12_000;

/** Opens a console before each test of the surrounding suite; whoever sits there leaves after it. */
export function setTerminals(): TerminalStage {
  let workspace: ConsolePlatform | undefined;
  let inbox: RecordingInbox | undefined;
  const sitting: Sitting[] = [];

  beforeEach(async () => {
    inbox = recordingInbox();
    workspace = await openConsole(inbox);
  });
  afterEach(async () => {
    for (const one of sitting.splice(0)) {
      one.end();
      await one.left;
    }
    await workspace?.stop();
  });

  const stage: TerminalStage = {
    get workspace() {
      if (!workspace) throw new Error("there is a console only while a test runs");
      return workspace;
    },
    get inbox() {
      if (!inbox) throw new Error("there is an inbox only while a test runs");
      return inbox;
    },
    sit({ columns = 80, rows = 24, ...parts } = {}) {
      const one = sitDown(stage.workspace.url, { columns, rows }, parts);
      sitting.push(one);
      return one;
    },
  };
  return stage;
}

/** Somebody sits down at a console that listens there. */
export function sitDown(url: string, size: { columns: number; rows: number }, parts: Partial<ChatParts>): Sitting {
  const screen = new TestScreen(size.columns, size.rows);
  const input = new PassThrough();
  const lookers = new Set<() => void>();
  let written = "";
  let wrong: unknown;
  let interrupt = () => {};
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      try {
        screen.write(chunk.toString());
      } catch (error) {
        wrong = error;
      }
      done();
      for (const look of [...lookers]) look();
    },
  });
  const left = chat({
    url,
    as: "ana",
    language: "en",
    input,
    output,
    terminal: true,
    color: true,
    size: () => size,
    onInterrupt: (listener) => {
      interrupt = listener;
    },
    retryMs: 10,
    ...parts,
  });
  const one: Sitting = {
    screen,
    written: () => written,
    keys: (keys) => void input.write(keys),
    line: (text) => void input.write(`${text}${parts.terminal === false ? "\n" : "\r"}`),
    end: () => void input.end(),
    interrupt: () => interrupt(),
    shows: (words) => one.until(() => screen.text.includes(words)),
    until: (is) =>
      new Promise((resolve, reject) => {
        const done = (act: () => void) => {
          clearTimeout(timer);
          lookers.delete(look);
          act();
        };
        const look = () => {
          if (wrong) done(() => reject(wrong));
          else if (is()) done(resolve);
        };
        const timer = setTimeout(
          () => done(() => reject(new Error(`it did not come to be; there stands:\n${screen.text}`))),
          patienceMs,
        );
        lookers.add(look);
        look();
      }),
    left,
  };
  return one;
}
