import { DefaultRestOptions, type RESTOptions } from "discord.js";

/**
 * Sends a request as Discord's library does, but packs forms with files itself: whichever undici the process loads first
 * sends for all of it, and the one of Slack's library can't read the forms that Discord's hands to it.
 */
export const packed: RESTOptions["makeRequest"] = async (url, init) => {
  if (!(init.body instanceof FormData)) return DefaultRestOptions.makeRequest(url, init);
  const form = new Response(init.body);
  const headers = { ...init.headers, "content-type": form.headers.get("content-type") ?? "" };
  return DefaultRestOptions.makeRequest(url, { ...init, headers, body: await form.arrayBuffer() });
};
