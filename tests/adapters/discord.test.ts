import { adapterContract } from "./contract.ts";
import { discordPlatform } from "./discord-platform.ts";

adapterContract("Discord", discordPlatform);
