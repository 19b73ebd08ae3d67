import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/watch/redact.ts";
import { redactLong } from "../../src/watch/redact-long.ts";

const redact = createRedactor(() => ["hunter2-of-the-team"]);
const slice = 128 * 1024;

describe("a long text", () => {
  it("comes out as if it were looked through in one go, wherever a secret stands", async () => {
    const secrets = [
      "hunter2-of-the-team",
      `xoxb-${"1a".repeat(20)}`,
      `sk-${"Ab3".repeat(30)}`,
      `-----BEGIN RSA PRIVATE KEY-----\n${`${"Qk1".repeat(20)}\n`.repeat(200)}-----END RSA PRIVATE KEY-----`,
      "Bearer abcdefghijklmnop",
      "postgres://bellhop:p4ss-w0rd@db.example/x",
    ];
    for (const [filler, gap] of [
      ["some words stand here, ", " "],
      [`{"a":1,"b":"c"},`, ","],
    ] as const) {
      for (const secret of secrets) {
        for (const shift of [secret.length, Math.floor(secret.length / 2), 1, 0]) {
          const lead = filler.repeat(slice).slice(0, slice - shift - 1);
          const text = `${lead}${gap}${secret}${gap}${filler.repeat(2_000)}`;
          expect(await redactLong(text, redact)).toBe(redact(text));
        }
      }
    }
  });

  it("of one endless token has nothing of it left", async () => {
    const token = `sk-${"x".repeat(3 * slice)}`;
    const text = `${"a ".repeat(slice / 4)}${token} and so on`;
    const clean = await redactLong(text, redact);
    expect(clean).not.toContain("xx");
    expect(clean).toContain("and so on");
  });

  it("without any gap, or none at all, is left as it is", async () => {
    for (const text of ["", "x".repeat(slice * 2 + 17), "天".repeat(slice + 1), "😀".repeat(slice)])
      expect((await redactLong(text, redact)) === text).toBe(true);
  });

  it("of 3 MB lets everything else have its turn all the while", async () => {
    const text = `{"id":1,"text":"The quick brown fox","url":"https://example.com/a?b=c"}\n`.repeat(40_000);
    let turns = 0;
    let done = false;
    const others = () => {
      turns++;
      if (!done) setImmediate(others);
    };
    setImmediate(others);
    await redactLong(text, redact);
    done = true;
    expect(turns).toBeGreaterThan(text.length / slice / 2);
  });
});
