import { Lexer, type Token } from "marked";

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", period: "." };

/** Markdown of one line as the words people would read; a link is followed by where it leads. */
export function plainOf(markdown: string): string {
  if (!/[\\`*_~[\]<>&!:@.]/.test(markdown)) return markdown;
  return tokensAsText(new Lexer().inlineTokens(markdown));
}

/** What stands for characters in Markdown, as these characters. */
export function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[String(name).toLowerCase()] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function tokensAsText(tokens: Token[]): string {
  return tokens.map(tokenAsText).join("");
}

function tokenAsText(token: Token): string {
  switch (token.type) {
    case "link":
    case "image": {
      const words = token.tokens?.length ? tokensAsText(token.tokens) : decoded(token.text);
      const target = decoded(token.href);
      if (words === "" || words === target || `mailto:${words}` === target || `http://${words}` === target) {
        return words || target;
      }
      return `${words} (${target})`;
    }
    case "codespan":
      return token.text;
    case "br":
      return "\n";
    case "html":
      return /^<br\s*\/?>$/i.test(token.raw) ? "\n" : token.raw;
    default:
      if (token.type !== "text" && "tokens" in token && token.tokens) return tokensAsText(token.tokens);
      return decoded("text" in token ? token.text : token.raw);
  }
}
