import { DiscordAPIError, HTTPError, RESTJSONErrorCodes } from "discord.js";
import { DeliveryError } from "../../src/chat.ts";

/** What Discord's refusals of a post mean for people, by Discord's code. All of them are final. */
const meanings = new Map<number | string, string>([
  [RESTJSONErrorCodes.UnknownChannel, "that Discord channel or thread is gone"],
  [RESTJSONErrorCodes.UnknownMessage, "that Discord message is gone"],
  [RESTJSONErrorCodes.UnknownUser, "Discord knows no such person"],
  [RESTJSONErrorCodes.MissingAccess, "I can't see that Discord channel: an admin must let my role view it"],
  [
    RESTJSONErrorCodes.MissingPermissions,
    "I may not write there: my role needs Send Messages and Send Messages in Threads in that Discord channel",
  ],
  [RESTJSONErrorCodes.CannotSendMessagesToThisUser, "that person does not take direct messages from me on Discord"],
  [
    RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
    "nothing can be said in that Discord channel itself: it holds posts only",
  ],
  [RESTJSONErrorCodes.UnknownInteraction, "Discord does not wait for that any more: please try it again"],
  [RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged, "that was answered on Discord already"],
  [RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel, "that Discord channel holds no messages"],
  [RESTJSONErrorCodes.InvalidActionOnArchivedThread, "that Discord thread is archived"],
  [RESTJSONErrorCodes.ThreadLocked, "that Discord thread is locked"],
  [RESTJSONErrorCodes.MaximumActiveThreads, "that Discord server has as many open threads as it may have"],
  [RESTJSONErrorCodes.InvalidFormBodyOrContentType, "Discord refused the form of the message"],
]);

/** Discord's own code of an error, if Discord answered at all. */
export function codeOf(error: unknown): number | string | undefined {
  return error instanceof DiscordAPIError ? error.code : undefined;
}

/**
 * Did the request end without an answer, so that nobody knows whether it was carried out? Where time ran out the library
 * has tried often enough itself.
 */
export function isUncertain(error: unknown): boolean {
  const answered = error instanceof DiscordAPIError || error instanceof HTTPError;
  return !answered && !(error instanceof Error && error.name === "AbortError");
}

/** Was the token itself refused? */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === 401;
}

/** Says in plain words why Discord did not take a post, and whether trying again can help. */
export function deliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof DiscordAPIError) {
    const meaning = meanings.get(error.code);
    if (meaning) return new DeliveryError(meaning, { final: true, cause: error });
    if (isUnauthorized(error)) {
      return new DeliveryError("Discord does not take the bot's token any more", { final: false, cause: error });
    }
    const final = error.status !== 429;
    return new DeliveryError(`Discord refused: ${error.message}`, { final, cause: error });
  }
  if (error instanceof HTTPError) {
    return new DeliveryError(`Discord is in trouble (HTTP ${error.status})`, { final: false, cause: error });
  }
  return new DeliveryError("Discord can't be reached", { final: false, cause: error });
}
