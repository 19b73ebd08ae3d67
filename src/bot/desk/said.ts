import type { ChatMessage } from "../../chat.ts";
import type { Said } from "../../runs/run.ts";

/** What a message passes on, as data. */
export function quotesIn({ quotes = [] }: ChatMessage): Said[] {
  return quotes.map(({ author, text }) => ({ by: author ?? "?", text }));
}

/** A message as an agent reads it later: who, when, what, and which files it had. */
export function saidIn(message: ChatMessage): Said {
  const files = message.files.map((file) => ` [file: ${file.name}, ${file.type}]`).join("");
  const quoted = (message.quotes ?? []).map(
    ({ author, text }) => `\n> ${author ?? "?"}: ${text.replaceAll("\n", "\n> ")}`,
  );
  return {
    message: message.id,
    by: message.author.name,
    at: message.at,
    text: `${message.text}${files}${quoted.join("")}`,
  };
}
