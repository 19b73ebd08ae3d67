import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { safeLink } from "../../adapters/console/web/links.ts";
import { setConsoleWire } from "./console-wire.ts";

describe("a link in a message", () => {
  it.each([
    ["https://example.com/a?b#c", "the docs", "https://example.com/a?b#c"],
    ["HTTP://EXAMPLE.com", "EXAMPLE.com", "http://example.com/"],
    ["https://www.example.com/", "example.com", "https://www.example.com/"],
    ["https://example.com/v1.2.3", "version 1.2.3 is out", "https://example.com/v1.2.3"],
    ["https://example.com/src/hosts.ts", "hosts.ts", "https://example.com/src/hosts.ts"],
    ["mailto:ana@example.com", "ana@example.com", "mailto:ana@example.com"],
  ])("to %s as “%s” leads there, with nothing to add", (target, text, href) => {
    expect(safeLink(target, text)).toEqual({ href });
  });

  it.each([
    ["https://evil.example/login", "docs.example.com", "evil.example"],
    ["https://evil.example/login", "see https://docs.example.com/login", "evil.example"],
    ["https://docs.example.com@evil.example/", "https://docs.example.com@evil.example/", "evil.example"],
    ["https://docs.example.com.evil.example/", "docs.example.com", "docs.example.com.evil.example"],
    ["https://evil.example/", "ｄｏｃｓ.example.com", "evil.example"],
    ["https://evil.example:8080/", "docs.example.com", "evil.example:8080"],
    ["https://раypal.com/", "paypal.com", "xn--ypal-43d9g.com"],
    ["https://evil.example/", "docs.\u200bexample.com", "evil.example"],
    ["mailto:tom@evil.example", "tom@example.com", "evil.example"],
  ])("to %s that reads “%s” has its true host named", (target, text, host) => {
    expect(safeLink(target, text)?.host).toBe(host);
  });

  it.each([
    "javascript:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "slack://open",
    "//evil.example",
    "/console/state",
    "#/general",
    "https://",
    "",
  ])("to %j is none", (target) => {
    expect(safeLink(target, "click here")).toBeUndefined();
  });
});

describe("the built page", () => {
  const assets = fileURLToPath(new URL("../../dist/console/assets", import.meta.url));

  it("weighs at most 60 KB of script as it travels", () => {
    const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${assets}/${name}`)).length, 0);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(60 * 1024);
  });

  it("needs nothing from elsewhere: no address but its own", () => {
    const index = readFileSync(`${assets}/../index.html`, "utf8");
    expect(index).not.toMatch(/https?:\/\//);
    expect(index).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
  });
});

describe("the page, as it is served", () => {
  const wire = setConsoleWire();
  let webRoot: string;
  beforeEach(async () => {
    webRoot = await mkdtemp(join(tmpdir(), "console-page-"));

    await mkdir(join(webRoot, "assets"));
    await writeFile(join(webRoot, "index.html"), "<!doctype html>");
    await writeFile(join(webRoot, "assets/main-1a2b.js"), "export {};");
    await writeFile(join(webRoot, "secret.js"), "secret");
    await wire.open({ webRoot });
  });

  afterEach(() => rm(webRoot, { recursive: true }));

  it("comes with a policy that lets it run its own script only", async () => {
    const page = await fetch(`${wire.workspace.url}/`);
    expect(await page.text()).toBe("<!doctype html>");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    const script = await fetch(`${wire.workspace.url}/assets/main-1a2b.js`);
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).toContain("immutable");
  });

  it("gives nothing but what was built", async () => {
    for (const path of [
      "/assets/../secret.js",
      "/assets/..%2fsecret.js",
      "/assets/%2e%2e/secret.js",
      "/assets/none.js",
      "/assets/",
    ])
      expect((await wire.get(path, {})).status).toBe(404);
  });

  it("says what to do when it was not built", async () => {
    await wire.open({ webRoot: join(webRoot, "nowhere") });
    expect((await wire.get("/", {})).body).toContain("run `npm run build`");
  });
});
