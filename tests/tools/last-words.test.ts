import { describe, expect, it } from "vitest";
import { lastWords } from "../../src/tools/mcp/last-words.ts";

describe("why a program ended", () => {
  it.each([
    ["its last line", "reading the settings\nno database at db.example\n", "no database at db.example"],
    [
      "the error, not what Node prints behind it",
      `node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module '/srv/server.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at node:internal/main/run_main_module:28:49 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v20.20.2
`,
      "Error: Cannot find module '/srv/server.js'",
    ],
    [
      "the last error of Python's",
      `Traceback (most recent call last):
  File "/srv/server.py", line 1, in <module>
    import mcp
ModuleNotFoundError: No module named 'mcp'
`,
      "ModuleNotFoundError: No module named 'mcp'",
    ],
    [
      "what npm says first",
      `npm error code E404
npm error 404 Not Found - GET https://registry.example/no-such-server
npm error 404 Note that you can also install from a
npm error 404 tarball, folder, http url, or git folder.
npm error A complete log of this run can be found in: /srv/.npm/debug-0.log
`,
      "npm error 404 Not Found - GET https://registry.example/no-such-server",
    ],
    [
      "what npm says of a network that is away",
      `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to https://registry.example/server failed, reason: connect ECONNREFUSED 192.0.2.1:443
npm error     at ClientRequest.<anonymous> (/usr/lib/node_modules/npm/index.js:130:14)
npm error network If you are behind a proxy, please make sure that the 'proxy' config is set properly.
`,
      "npm error FetchError: request to https://registry.example/server failed, reason: connect ECONNREFUSED 192.0.2.1:443",
    ],
    ["nothing where it said nothing", " \n\n", ""],
    ["no more of a long line than is read", "x".repeat(1000), "x".repeat(300)],
  ])("is told as %s", (_, printed, told) => {
    expect(lastWords(printed)).toBe(told);
  });
});
