import { createHash } from "node:crypto";
import { ApplicationCommandOptionType, RequestMethod, Routes } from "discord.js";
import type { Connection } from "./connection.ts";
import type { Memory } from "./identify-limit.ts";

const zh = (text: string) => ({ "zh-TW": text });
const subcommand = (name: string, description: string, chinese: string) => ({
  type: ApplicationCommandOptionType.Subcommand,
  name,
  description,
  description_localizations: zh(chinese),
});

/** The slash commands, as Discord is told of them. */
export const commands = [
  {
    name: "ask",
    description: "Ask an agent",
    description_localizations: zh("問一個 agent"),
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: "question",
        description: "What you want to know or have done",
        description_localizations: zh("你想知道或想完成的事"),
        required: true,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: "agent",
        description: "Which agent; without a name, the one of this channel",
        description_localizations: zh("哪一個 agent；不填就用這個頻道的"),
      },
    ],
  },
  {
    name: "agents",
    description: "Who is here, what for, and with which tools",
    description_localizations: zh("這裡有哪些 agent、做什麼、用什麼工具"),
  },
  {
    name: "bellhop",
    description: "About Bellhop",
    description_localizations: zh("關於 Bellhop"),
    options: [
      subcommand("status", "How Bellhop is", "Bellhop 的狀態"),
      subcommand("why", "Why the last answer here came as it did", "上一個回答為什麼是這樣"),
      subcommand("stop", "Stop what is being done in this thread", "停止這個討論串正在做的事"),
      subcommand("help", "What you can say", "可以說些什麼"),
    ],
  },
];

/** Tells Discord of the commands, when they are not those it was told of last. */
export async function registerCommands(connection: Connection, memory: Memory): Promise<void> {
  const kept = `discord:commands:${connection.applicationId}`;
  const hash = createHash("sha256").update(JSON.stringify(commands)).digest("hex");
  if ((await memory.get(kept)) === hash) return;
  const route = Routes.applicationCommands(connection.applicationId);
  await connection.call(RequestMethod.Put, route, { body: commands });
  await memory.set(kept, hash);
}
