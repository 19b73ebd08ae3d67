import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { safeLink } from "../../adapters/console/web/links.ts";

describe("a link in a message", () => {
  it.each([
    ["https://example.com/a?b#c", "the docs", "https://example.com/a?b#c"],
    ["HTTP://EXAMPLE.com", "EXAMPLE.com", "http://example.com/"],
    ["https://www.example.com/", "example.com", "https://www.example.com/"],
    ["https://example.com/v1.2.3", "version 1.2.3 is out", "https://example.com/v1.2.3"],
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
