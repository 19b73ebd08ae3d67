import { App, type Receiver, type webApi } from "@slack/bolt";
import type { Logger } from "pino";
import { boltLogger } from "./bolt-log.ts";
import { type Fields, isFields } from "./fields.ts";
import type { Bot } from "./messages.ts";

/** Takes in one of Slack's payloads; resolves with what the acknowledgement is to carry, rejects when there must be none. */
export type Receive = (body: Fields, retry?: { number: number; reason: string }) => Promise<unknown>;

/**
 * Bolt's way in, for sockets and HTTP alike. Bolt acknowledges events before anybody has heard them; here its word is
 * only noted, and goes out when `hear` is done.
 */
class NotingReceiver implements Receiver {
  #app: App | undefined;

  init(app: App): void {
    this.#app = app;
  }
  // Bolt asks for these; connections come and go elsewhere.
  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async receive(body: Fields, retry?: { number: number; reason: string }): Promise<unknown> {
    let answer: unknown;
    await this.#app?.processEvent({
      body,
      ...(retry && { retryNum: retry.number, retryReason: retry.reason }),
      ack: async (response: unknown) => {
        answer = response;
      },
    });
    return answer;
  }
}

/**
 * Makes the way in; `hear` gets every payload that is an event, a command or an interaction, and resolves with what its
 * acknowledgement is to carry.
 */
export function createReceive(options: {
  bot: Bot;
  token: string;
  clientOptions: webApi.WebClientOptions;
  log: Logger;
  hear(body: Fields): Promise<unknown>;
}): Receive {
  const { bot, token, clientOptions, log, hear } = options;
  const receiver = new NotingReceiver();
  const app = new App({
    receiver,
    clientOptions,
    logger: boltLogger(log),
    // Who we are is known already: asking again here would hold up acknowledgements.
    authorize: async () => ({ botToken: token, botId: bot.bot, botUserId: bot.user, teamId: bot.team }),
    ignoreSelf: false,
    convoStore: false,
  });
  const words = new WeakMap<Fields, unknown>();
  app.use(async ({ body }) => {
    if (isFields(body)) words.set(body, await hear(body));
  });
  app.error(async (error) => {
    throw error.original ?? error;
  });
  return async (body, retry) => {
    if (isKnown(body)) return (await receiver.receive(body, retry)) ?? words.get(body);
    log.debug({ type: body.type }, "Slack sent something unknown; acknowledged and left alone");
    return undefined;
  };
}

/** Bolt stumbles over payloads that it does not know: rate notices, new kinds of interaction. */
function isKnown(body: Fields): boolean {
  if (body.type === "event_callback") return isFields(body.event) && typeof body.event.type === "string";
  if (body.type === "message_action" || body.type === "view_submission") return true;
  return typeof body.command === "string" || (body.type === "block_actions" && Array.isArray(body.actions));
}
