import { showsOtherHost, webUrl } from "../../../src/words/hosts.ts";

/** A link as it may be shown: where it leads, and the host to name beside it when its words name another. */
export type SafeLink = { href: string; host?: string };

/** A link that may be followed, or nothing: only the web and mail, never scripts, files or other programs. */
export function safeLink(target: string, text: string): SafeLink | undefined {
  const url = webUrl(target);
  if (!url) return undefined;
  const { href, host, pathname } = url;
  return showsOtherHost(text, url) ? { href, host: host || (pathname.split("@").at(-1) ?? "") } : { href };
}
