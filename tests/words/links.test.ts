import fc from "fast-check";
import { lexer, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { showsOtherHost, webUrl } from "../../src/words/hosts.ts";
import { honestLinks, honestSoFar } from "../../src/words/links.ts";
import { decoded } from "../../src/words/plain.ts";

/** What a reader of Markdown makes of a text: each link with its words, and each picture. */
function linksIn(markdown: string): { words: string; target: string; picture: boolean }[] {
  const found: { words: string; target: string; picture: boolean }[] = [];
  const visit = (tokens: Token[]) => {
    for (const token of tokens) {
      // An address that stands in the text itself shows where it leads.
      if ((token.type === "link" && token.raw !== token.text) || token.type === "image") {
        found.push({ words: token.text, target: decoded(token.href), picture: token.type === "image" });
      }
      if ("tokens" in token && token.tokens) visit(token.tokens);
      if (token.type === "list") visit(token.items);
      if (token.type === "table") visit([token.header, ...token.rows].flat().flatMap((cell) => cell.tokens));
    }
  };
  visit(lexer(markdown));
  return found;
}

function isHonest({ words, target, picture }: { words: string; target: string; picture: boolean }): boolean {
  const url = webUrl(target);
  // What leads nowhere may stand: it may be code.
  const leads = /^[a-z][a-z\d+.-]*:/i.test(target);
  return !picture && (!leads || decoded(words) === target || (url !== undefined && !showsOtherHost(words, url)));
}

describe("a link", () => {
  it("whose words show another host is followed by the real one", () => {
    expect(honestLinks("See [bank.com](https://evil.example).")).toBe("See bank.com (<https://evil.example>).");
    expect(honestLinks("[https://bank.com/login](https://evil.example/x)")).toBe(
      "https://bank.com/login (<https://evil.example/x>)",
    );
    expect(honestLinks("[Log in at **bank**.com now](http://evil.example 'bank.com')")).toBe(
      "Log in at **bank**.com now (<http://evil.example>)",
    );
    expect(honestLinks("[help@bank.com](mailto:help@evil.example)")).toBe("help@bank.com (<mailto:help@evil.example>)");
  });

  it("with plain words, or showing its own host, stays as it is", () => {
    for (const text of [
      "[the docs](https://docs.example/a?b=1&c=2)",
      "[docs.example/page.md](https://docs.example/page.md)",
      "[www.docs.example](https://docs.example)",
      "[https://docs.example](https://docs.example/)",
      "[Node.js, v1.2 and config.json](https://nodejs.org)",
      "[說明文件。謝謝](https://docs.example)",
      "[例子.公司](https://xn--fsqu00a.xn--55qx5d/)",
      "[wiki](https://en.wikipedia.org/wiki/A_(b))",
      "[a [nested] word](<https://docs.example>)",
      "[ana@example.com](mailto:ana@example.com)",
      "<https://docs.example> <ana@example.com> https://docs.example",
      "[1] and [ ] and a[0] and [x]: y z",
    ])
      expect(honestLinks(text)).toBe(text);
  });

  it("does not pass for another by letters that look alike, invisible ones, marks or a name before an @", () => {
    for (const words of [
      "bаnk.com",
      "bank\u200b.com",
      "b*an*k.com",
      "bank&#46;com",
      "bank\\.com",
      "ｂａｎｋ．ｃｏｍ",
      "bank。com",
    ])
      expect(honestLinks(`[${words}](https://evil.example)`)).toBe(`${words} (<https://evil.example>)`);
    expect(honestLinks("[bank.com](https://bаnk.com)")).toBe("bank.com (<https://xn--bnk-6cd.com/>)");
    expect(honestLinks("[bаnk.com](https://bаnk.com)")).toBe("bаnk.com (<https://xn--bnk-6cd.com/>)");
    expect(honestLinks("[bank.com](https://bank.com@evil.example/)")).toBe("bank.com (<https://evil.example/>)");
    expect(honestLinks("[docs](https://bank.com@evil.example/)")).toBe("[docs](https://evil.example/)");
    expect(honestLinks("[bank.com](https://bank.com.evil.example)")).toContain("(<https://bank.com.evil.example>)");
    expect(honestLinks("[docs](https://evil.com\\.docs.com/)")).toBe("[docs](https://evil.com.docs.com/)");
  });

  it("that has no words to see is its address", () => {
    expect(honestLinks("[](https://evil.example)[\u200b](https://x.example)")).toBe(
      "<https://evil.example><https://x.example>",
    );
  });

  it("leads to the web or a mailbox, or is no link", () => {
    expect(honestLinks("[go](javascript:alert(1))")).toBe("go (javascript:alert(1))");
    expect(honestLinks("[go](&#106;avascript:x) [guide](docs/guide.md) [a.md](a.md) f[0](x)")).toBe(
      "go (javascript:x) guide (docs/guide.md) a.md f\\[0](x)",
    );
    expect(honestLinks("<javascript:x> vector<std::pair>")).toBe("\\<javascript:x> vector\\<std::pair>");
  });

  it("takes the place of a picture, which would tell somebody that it was seen", () => {
    expect(honestLinks("![chart](https://x.example/a.png?secret=1)")).toBe("[chart](https://x.example/a.png?secret=1)");
    expect(honestLinks("!![chart](https://x.example/a.png)")).toBe("! [chart](https://x.example/a.png)");
    expect(honestLinks("![](https://x.example/a.png)")).toBe("<https://x.example/a.png>");
    expect(honestLinks("[![badge](https://x.example/a.svg)](https://ci.example)")).toBe(
      "[badge](https://x.example/a.svg) (<https://ci.example>)",
    );
    expect(honestLinks("![p][1]\n\n[1]: https://x.example/a.png")).toBe("[p](https://x.example/a.png)\n\n");
  });

  it("by reference stands in place, and a reference nobody uses is shown", () => {
    expect(
      honestLinks(
        "See [bank.com][1], [the docs][] and [2].\n\n[1]: https://evil.example\n[The Docs]: <https://d.example>\n[2]: https://e.example 'two'\n",
      ),
    ).toBe("See bank.com (<https://evil.example>), [the docs](https://d.example) and [2](https://e.example).\n\n");
    expect(honestLinks("Nothing.\n\n[1]: https://evil.example")).toBe("Nothing.\n\n\\[1]: https://evil.example");
  });

  it("is not made by an escaped bracket, which some readers take for a bracket", () => {
    expect(honestLinks("[bank.com\\](https://evil.example)")).toBe("[bank.com\\] (https://evil.example)");
  });

  it("within another link's words leaves both to be seen", () => {
    expect(honestLinks("[a [b](https://b.example) c](https://c.example)")).toBe(
      "a [b](https://b.example) c (<https://c.example>)",
    );
  });
});

describe("code", () => {
  it("stays as it is", () => {
    for (const text of [
      "`[bank.com](https://evil.example)` and `a[0](x)` at `https://x.example`",
      "```md\n[bank.com](https://evil.example)\n![x](y)\n```\nafter",
      "1. Do:\n   ```sh\n   [bank.com](https://evil.example)\n   ```\n2. Done",
      "> ```\n> [bank.com](https://evil.example)\n> ```",
      "~~~\n[bank.com](https://evil.example)\n~~~",
      "- ```ts\n  f[0](x)\n  ```",
    ])
      expect(honestLinks(text)).toBe(text);
  });

  it("that is still open is closed", () => {
    expect(honestLinks("Look:\n```ts\na[0](b)")).toBe("Look:\n```ts\na[0](b)\n```");
  });

  it("that not every reader would take for code hides no link", () => {
    for (const text of [
      "> ```\n[bank.com](https://evil.example)\n```",
      "- ```\n[bank.com](https://evil.example)\n```",
      "`a\n\n[bank.com](https://evil.example) `b`",
      "`a\n- ` [bank.com](https://evil.example) `",
      "\\`[bank.com](https://evil.example)\\`",
      '<a href="`"> [bank.com](https://evil.example) <a href="`">',
      "<div>\n```\n</div>\n\n[bank.com](https://evil.example)\n```",
      "| `a | b |\n|---|---|\n| `[bank.com](https://evil.example) | ` |",
      "````\n```\n[bank.com](https://evil.example)\n```\n````",
      "text\n    ~~~\n    [bank.com](https://evil.example)\n    ~~~",
    ]) {
      expect(honestLinks(text)).toContain("bank.com (<https://evil.example>)");
      expect(honestLinks(text)).not.toContain("](https");
    }
  });
});

const bit = fc.constantFrom(
  ..."[ ] ( ) ! < > \\ ` `` ``` \n \n\n : ~~~ | - > # * _ & ; ' \"".split(" "),
  ..."[docs] [bank.com] (https://evil.example) (https://bank.com) [1] [1]: https://evil.example javascript:x".split(
    " ",
  ),
  ..."bank.com docs ](https://evil.example) ][1] [bank ``` ~~~ | - > <a </div> <https://x.example> &#91; \\[ \\] \\`".split(
    " ",
  ),
  "\n\n",
  "\n",
  "\n```\n",
  "\n> ",
  "\n- ",
  "\n    ",
  "\n[1]: https://evil.example\n",
  "\n\n[1]: https://evil.example\n\n",
  "![docs](https://evil.example/a.png)",
  "[docs](https://evil.example)",
  "[bank.com](https://evil.example)",
  " ",
  "\n|---|---|\n",
  " 'bank.com')",
);
const anyText = fc.array(bit, { maxLength: 24 }).map((bits) => bits.join(""));

describe("whatever the text", () => {
  it("no reader of Markdown finds a link that is not honest, or a picture", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const written = honestLinks(text);
        expect(linksIn(written).filter((link) => !isHonest(link))).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
  });

  it("what is shown of a growing text is never taken back, and hides no link", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let shown = "";
        for (let end = 0; end <= text.length; end++) {
          const more = honestSoFar(text.slice(0, end));
          expect(more.startsWith(shown)).toBe(true);
          shown = more;
        }
        expect(linksIn(shown).filter((link) => !isHonest(link))).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes long and strange texts in linear time", () => {
    const before = process.cpuUsage().user;
    for (const text of [
      "[",
      "[a](",
      "![",
      "](",
      "`",
      "[a]: ",
      "<a:",
      "a.",
      "\\[",
      '[a](b "',
      "[[a](https://b.example)",
    ]) {
      honestLinks(text.repeat(60_000 / text.length));
      honestSoFar(text.repeat(60_000 / text.length));
    }
    expect(process.cpuUsage().user - before).toBeLessThan(8_000_000);
  });
});
