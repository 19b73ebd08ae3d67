import { adapterContract } from "./contract.ts";
import { slackPlatform } from "./slack-platform.ts";

adapterContract("Slack", slackPlatform);
