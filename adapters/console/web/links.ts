/** A link as it may be shown: where it leads, and the host to name beside it when its words name another. */
export type SafeLink = { href: string; host?: string };

/** Something in a text that reads like a host: `docs.example.com`. */
const hostLike = /[\p{L}\p{N}](?:[\p{L}\p{N}-]*\.)+\p{L}{2,}/giu;

/** A link that may be followed, or nothing: only the web, never scripts, files or other programs. */
export function safeLink(target: string, text: string): SafeLink | undefined {
  if (!/^https?:\/\//i.test(target) || !URL.canParse(target)) return undefined;
  const { href, hostname, host } = new URL(target);
  const named = text.normalize("NFKC").toLowerCase().match(hostLike) ?? [];
  const bare = (name: string) => name.replace(/^www\./, "");
  return named.some((name) => bare(name) !== bare(hostname)) ? { href, host } : { href };
}
