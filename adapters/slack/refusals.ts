import { webApi } from "@slack/bolt";
import { DeliveryError } from "../../src/chat.ts";

/** Refusals of the credentials: nothing mends them but a new token. */
const refusedTokens: Record<string, string> = {
  invalid_auth: "Slack does not know this token",
  not_authed: "no token reached Slack",
  token_revoked: "the token was revoked",
  token_expired: "the token has expired",
  account_inactive: "the token belongs to a bot that was removed, or its workspace is gone",
  not_allowed_token_type: "this is the wrong kind of token",
  invalid_app: "the app does not exist any more",
  app_uninstalled: "the app was uninstalled",
  team_access_not_granted: "the token gives no access to this workspace",
};

/** Refusals that another try would only repeat, in words for people. */
const finalWords: Record<string, string> = {
  channel_not_found: "there is no such channel, or the bot can't see it",
  not_in_channel: "the bot is not in this channel; invite it",
  is_archived: "this channel is archived",
  restricted_action: "posting there is restricted by the workspace's settings",
  restricted_action_read_only_channel: "this channel is read-only",
  restricted_action_thread_only_channel: "this channel only takes messages in threads",
  restricted_action_non_threadable_channel: "this channel has no threads",
  restricted_action_thread_locked: "this thread is locked",
  cannot_reply_to_message: "nobody can answer this message in a thread",
  thread_not_found: "the message that the thread grew from is gone",
  message_not_found: "the message is gone",
  bad_timestamp: "there is no such message",
  invalid_name: "there is no such emoji here",
  too_many_emoji: "the message has as many emoji as it may have",
  too_many_reactions: "the message has as many reactions as it may have",
  cant_update_message: "the message can't be changed",
  cant_delete_message: "the message can't be deleted",
  edit_window_closed: "the message is too old to be changed",
  messages_tab_disabled: "the app's messages are switched off (App Home → Messages Tab)",
  user_not_in_channel: "this person is not in the channel",
  user_not_found: "there is no such person",
  expired_trigger_id: "it was too late; press again",
  exchanged_trigger_id: "it was opened already; press again",
  invalid_trigger_id: "it was too late; press again",
  view_too_large: "it is larger than Slack takes",
  not_enabled: "the app's home page is switched off (App Home → Home Tab)",
  file_uploads_disabled: "files are switched off in this workspace",
  storage_limit_reached: "the workspace has no room for files left",
  is_inactive: "this channel is archived",
  missing_scope: "the app lacks a permission; reinstall it from its manifest",
  too_many_pins: "this channel has as many pinned messages as it may have",
  posting_to_channel_denied: "the bot may not post there",
};

// Slack says of these that the call may have been carried out.
const unsure = new Set(["fatal_error", "internal_error", "service_unavailable", "request_timeout"]);

/** Refusals that pass by themselves. */
const passing = new Set(["ratelimited", "rate_limited", "message_limit_exceeded", "messaging_processing_failed"]);

/** Slack's word for why it refused, when it did refuse: nothing was done then. Undefined: nobody knows what was done. */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof webApi.WebAPIPlatformError) {
    const { error: code } = error.data;
    // A page of HTML in place of an answer comes as a refusal too.
    return /^[a-z0-9_]+$/.test(code) && !unsure.has(code) ? code : undefined;
  }
  if (error instanceof webApi.WebAPIHTTPError && error.statusCode < 500) return `http_${error.statusCode}`;
  if (error instanceof webApi.WebAPIRateLimitedError) return "ratelimited";
  return undefined;
}

/** How many milliseconds Slack asks to wait, when that is why it refused. */
export function askedToWait(error: unknown): number | undefined {
  if (error instanceof webApi.WebAPIRateLimitedError) return error.retryAfter * 1000;
  return /^rate_?limited$/.test(refusalOf(error) ?? "") ? 5_000 : undefined;
}

/** What is wrong with the credentials, when that is why Slack refused. */
export function tokenRefusal(code: string | undefined): string | undefined {
  return code === undefined ? undefined : refusedTokens[code];
}

/** Why something could not be delivered, in plain words. */
export function deliveryError(error: unknown, what = "post there"): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const code = refusalOf(error);
  const words = code && (finalWords[code] ?? refusedTokens[code]);
  if (words) return new DeliveryError(`Slack could not ${what}: ${words}.`, { final: true, cause: error });
  if (code === undefined) {
    return new DeliveryError(`Slack could not be reached to ${what}.`, { final: false, cause: error });
  }
  // Refusals without words of their own are about what was sent (blocks, sizes): the same again is refused again.
  const final = !passing.has(code) && !code.startsWith("http_");
  return new DeliveryError(`Slack refused to ${what} (${code}).`, { final, cause: error });
}

/** Slack's word for why a delivery failed, if it was Slack that refused. */
export function refusalBehind(error: unknown): string | undefined {
  return refusalOf(error instanceof DeliveryError ? error.cause : error);
}
