import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Where a Chromium is on this machine. On CI there must be one; elsewhere its absence is said, and the tests are skipped. */
export function findChromium(): string | undefined {
  const found = places.find((path) => path !== undefined && existsSync(path));
  if (found) return found;
  const advice = "no Chromium found: install one (Debian: apt-get install chromium) or set CHROMIUM to its path";
  if (process.env.CI) throw new Error(advice);
  console.warn(`\n  SKIPPED: the browser tests did not run, ${advice}\n`);
  return undefined;
}

/** Starts it. Root, as in containers, has no sandbox to offer. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}
