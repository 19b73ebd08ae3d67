// One scheduled run in a worker of its own: an agent's packages, and one call of the model.
import { parentPort } from "node:worker_threads";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import OpenAI from "openai";
import { z } from "zod";

const openai = new OpenAI();
const answer = await openai.chat.completions.create({
  model: process.env.OPENAI_MODEL ?? "gpt-4.1",
  messages: [
    { role: "system", content: "You are a helpful assistant in a team's chat." },
    { role: "user", content: "What matters to the team?" },
  ],
});
parentPort?.postMessage([answer.choices[0]?.message.content, Client.name, typeof z.object]);
process.exit(0);
