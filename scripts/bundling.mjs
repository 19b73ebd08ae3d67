/** How JavaScript is bundled, for esbuild; the benches bundle what they measure alike. */
export const bundling = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: true,
  legalComments: "none",
  external: [
    // They find what lies beside them: a library made for this machine, and a thread's own file.
    ...["sqlite3", "bree"],
    // Half the size of a worker, and only wanted with the first PDF.
    "unpdf",
    // Asked for by packages that do without.
    ...["bufferutil", "utf-8-validate", "zlib-sync", "erlpack", "fsevents"],
  ],
  // Packages written for CommonJS ask for `require` inside an ES module.
  banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
  logLevel: "silent",
};
