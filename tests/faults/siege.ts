import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { botScopes } from "../../adapters/slack/manifest.ts";
import { type BellhopProcess, startBellhop } from "../world/bellhop-process.ts";
import { createDiscord } from "../world/discord/discord.ts";
import { createModel } from "../world/model/model.ts";
import { createSlack } from "../world/slack/slack.ts";

/** How hard Bellhop is tried. */
export type SiegeOptions = {
  mentions: number;
  kills: number;
  channels: number;
  /** Mentions said in a second. */
  rate: number;
  seed: number;
  say?: (line: string) => void;
};

/** What came of it; `lost` and `twice` list the mentions by their words. */
export type SiegeReport = {
  mentions: number;
  answered: number;
  failedVisibly: number;
  lost: string[];
  twice: string[];
  kills: number;
  violations: string[];
  /** Calls during a wait that only the killed process had been told of; nobody could have known better. */
  unknownWaits: number;
  seconds: number;
};

type Mention = {
  number: number;
  place: string;
  answers(): string[];
  /** How many files of its own stand with its answer. */
  files(): number;
};

/** Answers to these bring a file that a tool gave. */
const bringsFile = (number: number) => number % 4 === 0;
const fileOf = (number: number) => ({ name: `${number}.bin`, bytes: Buffer.alloc(20_000, `\0${number}\0`) });
const drawingServer = fileURLToPath(new URL("../world/mcp/drawing-server.mjs", import.meta.url));

const settleMs = 150_000;

/**
 * Kills the real process at random moments while people mention it on simulated Slack and Discord, starts it again each
 * time, and counts what readers see: every mention must have exactly one answer or one visible failure, and an answer
 * that brings a file brings it once and whole.
 */
export async function besiege(options: SiegeOptions): Promise<SiegeReport> {
  const { mentions: wanted, kills, channels, rate, seed, say = () => {} } = options;
  const random = seeded(seed);
  const began = performance.now();
  const dir = await mkdtemp(join(tmpdir(), "bellhop-siege-"));
  const model = await createModel({ keep: 50 });
  const slack = await createSlack({ scopes: botScopes, seed });
  const discord = await createDiscord({ seed });
  // Answers of different lengths, so that kills fall before, into and after them.
  model.answer((request) => {
    const number = /#(\d+)#/.exec(request.user)?.[1] ?? "?";
    const isAsked = request.body.messages.at(-1)?.role === "user";
    if (isAsked && bringsFile(Number(number))) return [{ call: "desk__draw", arguments: { number: Number(number) } }];
    const words = 4 + (Number(number) % 40);
    return {
      say: `answer to #${number}# ${"word ".repeat(words).trim()}.`,
      msPerDelta: Number(number) % 3 === 0 ? 15 : 1,
    };
  });

  const people = Array.from({ length: 12 }, (_, n) => ({
    slack: slack.person(`person${n}`),
    discord: discord.person(`person${n}`),
  }));
  const places = Array.from({ length: channels }, (_, n) =>
    n % 2 === 0
      ? { kind: "slack" as const, channel: slack.channel(`room${n}`, { members: people.map((one) => one.slack) }) }
      : { kind: "discord" as const, channel: discord.channel(`room${n}`) },
  );
  const env = await settings(dir, { slack, discord, model });

  const said: Mention[] = [];
  function mention(number: number): void {
    const place = places[Math.floor(random() * places.length)];
    const person = people[Math.floor(random() * people.length)];
    if (!place || !person) return;
    const text = `@Bellhop what about #${number}# then?`;
    if (place.kind === "slack") {
      const { ts } = slack.say(person.slack, place.channel, text);
      const ours = () =>
        slack.messages(place.channel, ts).filter((one) => one.user === slack.bot.userId && !one.deleted);
      said.push({
        number,
        place: `${place.kind}:${place.channel.id}`,
        // Files come in a message of their own here.
        answers: () =>
          ours()
            .filter((one) => one.files.length === 0)
            .map((one) => `${one.streaming === "in_progress" ? "(still streaming) " : ""}${one.shown}`),
        files() {
          const files = ours().flatMap((one) => one.files.flatMap((id) => slack.file(id) ?? []));
          return files.filter(({ name, content }) => isFileOf(number, name, content)).length;
        },
      });
    } else {
      const message = discord.say(person.discord, place.channel, text);
      const ours = () => {
        const thread = discord.threadOf(message);
        return thread ? discord.messages(thread).filter((one) => one.author.id === discord.bot.id) : [];
      };
      said.push({
        number,
        place: `${place.kind}:${place.channel.id}`,
        answers: () => ours().map((one) => one.content),
        files: () =>
          ours()
            .flatMap((one) => one.files)
            .filter(({ name, bytes }) => isFileOf(number, name, bytes)).length,
      });
    }
  }

  let bellhop: BellhopProcess = startBellhop(env);
  let killed = 0;
  let numbers = 0;
  // What was said before Bellhop first came is not addressed to it.
  await bellhop.ready();
  const talking = setInterval(() => {
    if (numbers < wanted) mention(++numbers);
  }, 1000 / rate);
  try {
    // Kills are spread over the time of talking, each at a random moment of the process's life, also while it starts.
    const lifeMs = (wanted / rate / Math.max(1, kills)) * 1000;
    while (killed < kills) {
      await pause(lifeMs * (0.3 + random() * 1.2));
      await bellhop.kill();
      killed++;
      bellhop = startBellhop(env);
      if (random() > 0.2) await bellhop.ready();
      if (killed % 5 === 0) say(`${killed} kills, ${numbers} mentions, ${said.filter(isAnswered).length} answered`);
    }
    await bellhop.ready().catch(() => {});
    const deadline = Date.now() + settleMs;
    while ((numbers < wanted || !said.every(isAnswered)) && Date.now() < deadline) await pause(100);
    // A second answer would come late, if one came.
    await pause(1500);
  } finally {
    clearInterval(talking);
    const code = await bellhop.terminate();
    if (code !== 0) say(`the last process ended with ${code}`);
    if (code !== 0 || !said.every(isAnswered)) say(bellhop.err.slice(-6000));
  }

  const lost = said.filter((one) => !isAnswered(one));
  const twice = said.filter((one) => one.answers().length > 1 || one.files() > 1);
  const report: SiegeReport = {
    mentions: said.length,
    answered: said.filter((one) => one.answers().some((text) => text.includes(`answer to #${one.number}#`))).length,
    failedVisibly: said.filter((one) => one.answers().some((text) => text.includes("I couldn't finish"))).length,
    lost: lost.map((one) => `#${one.number}# at ${one.place}: ${JSON.stringify(one.answers())}`),
    twice: twice.map((one) => `#${one.number}# at ${one.place}: ${JSON.stringify(one.answers())}`),
    kills: killed,
    unknownWaits: slack.violations.filter(wasUnknown).length,
    violations: [
      ...slack.violations.filter((one) => killed === 0 || !wasUnknown(one)),
      ...discord.violations.map((one) => `${one.rule}: ${one.detail}`),
      ...model.violations,
    ],
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
  await Promise.all([slack.stop(), discord.stop(), model.stop()]);
  if (!process.env.KEEP) await rm(dir, { recursive: true, force: true });
  else say(dir);
  return report;
}

/** Slack's word to wait dies with a process that is killed before it could write it down. */
function wasUnknown(violation: string): boolean {
  return /before the Retry-After of a 429 was over$/.test(violation);
}

/** Answered means whole: the last word is there and the file, or a failure says that it will not come. */
function isAnswered({ number, answers, files }: Mention): boolean {
  return answers().some(
    (text) =>
      !text.startsWith("(still streaming)") &&
      ((text.includes(`answer to #${number}#`) &&
        /word\.\s/.test(`${text} `) &&
        (!bringsFile(number) || files() > 0)) ||
        text.includes("I couldn't finish")),
  );
}

function isFileOf(number: number, name: string, content: Buffer | undefined): boolean {
  const { name: expected, bytes } = fileOf(number);
  return name === expected && content !== undefined && Buffer.compare(content, bytes) === 0;
}

async function settings(
  dir: string,
  world: {
    slack: Awaited<ReturnType<typeof createSlack>>;
    discord: Awaited<ReturnType<typeof createDiscord>>;
    model: Awaited<ReturnType<typeof createModel>>;
  },
): Promise<Record<string, string>> {
  const { slack, discord, model } = world;
  await mkdir(join(dir, "config"));
  await writeFile(
    join(dir, "config/agents.yaml"),
    "agents:\n  - { name: ops, llm_model: main, system_prompt: You are ops., mcp_servers: [desk] }\n",
  );
  await writeFile(
    join(dir, "config/mcp_servers.yaml"),
    `mcp_servers:\n  - { name: desk, command: "${process.execPath}", args: ["${drawingServer}"] }\n`,
  );
  await writeFile(
    join(dir, "config/llm.yaml"),
    `models:\n  - { name: main, provider: custom, base_url: "${model.baseUrl}", model: ${model.model}, api_key: "\${MODEL_KEY}" }\n`,
  );
  await writeFile(join(dir, "config/channels.yaml"), "limits: { mentions_per_minute: 100000 }\n");
  return {
    BELLHOP_CONFIG: join(dir, "config"),
    BELLHOP_DATA: join(dir, "data"),
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    MODEL_KEY: model.key,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Numbers between 0 and 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
