import { decoded } from "./plain.ts";

// Endings of files that are no ending of a host.
const files =
  /^(?:jsx?|tsx?|[mc]js|json|ya?ml|toml|txt|html?|s?css|[ct]sv|pdf|png|jpe?g|gif|svg|webp|xml|log|lock|docx|xlsx|pptx|cpp|hpp|kt|go|rb|php|lua|sql|ini|env|conf|bak|wasm)$/;
const strange =
  /[^\p{ASCII}\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{M}]/u;

/** A web or mail address that a link may lead to; undefined for everything else. */
export function webUrl(target: string): URL | undefined {
  return /^(?:https?:\/\/[^/]|mailto:.)/i.test(target) && URL.canParse(target) ? new URL(target) : undefined;
}

/** Do a link's words show a host that is not the one the link leads to? Letters that only look alike are others. */
export function showsOtherHost(markdown: string, url: URL): boolean {
  const actual = hostOf(url);
  return hostsIn(markdown).some((host) => strange.test(host) || canonical(host) !== actual);
}

function hostOf(url: URL): string | undefined {
  return canonical(url.protocol === "mailto:" ? (url.pathname.split("@").at(-1) ?? "") : url.hostname);
}

function canonical(host: string): string | undefined {
  const address = `http://${host}`;
  if (!URL.canParse(address)) return undefined;
  return new URL(address).hostname.replace(/\.+$/, "").replace(/^www\./, "");
}

/** What reads like a host in a link's words, whatever marks are strewn in it. */
function hostsIn(markdown: string): string[] {
  const visible = decoded(markdown.replace(/\\([!-/:-@[-`{-~])/g, "$1"))
    .replace(/[*~`]|\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC");
  return visible.split(/[^\p{L}\p{N}\p{M}.。:/@_-]+/u).flatMap(hostsOfToken);
}

/** What stands after a host's slash is a path: `example.com/docs/page.md` shows one host. */
function hostsOfToken(token: string): string[] {
  const parts = token.replace(/^[a-z][a-z\d+.-]*:\/*/i, "").split("/");
  for (const part of parts) {
    const hosts = part.split(/[:@]/).map(trimmed).filter(isHost);
    if (hosts.length > 0) return hosts;
  }
  return [];
}

function trimmed(word: string): string {
  return word.replace(/^[.。_-]+|[.。_-]+$/g, "");
}

function isHost(word: string): boolean {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(word)) return true;
  const labels = word.split(/[.。]/);
  const last = labels.at(-1)?.toLowerCase() ?? "";
  if (labels.length < 2 || labels.includes("") || files.test(last)) return false;
  // A Chinese full stop may end a sentence as well.
  return word.includes("。") ? /^[a-z]{2,}$/.test(last) : /^(?:\p{L}[\p{L}\p{M}]+|xn--[a-z\d-]+)$/u.test(last);
}
