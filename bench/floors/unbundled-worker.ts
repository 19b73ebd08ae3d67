// A worker thread that imports what an agent needs from the packages as they are installed.
import { parentPort } from "node:worker_threads";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import OpenAI from "openai";
import { z } from "zod";

parentPort?.postMessage([Client.name, OpenAI.name, typeof z.object]);
