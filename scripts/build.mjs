// Builds dist/ in three parts: the program and the worker jobs, each bundled with its packages (esbuild), and the console's
// page (vite). Types are checked by `npm run types`. With --if-changed each part is built only when one of its sources
// changed since.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundling } from "./bundling.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = "adapters/console/web";
const always = ["scripts", "package.json", "package-lock.json", "tsconfig.json"];
const dayMs = 86_400_000;

const parts = [
  { name: "program", sources: ["src", "adapters"], except: page, build: bundleProgram },
  { name: "jobs", sources: ["jobs", "src/agent", "src/runs"], build: bundleJobs },
  { name: "page", sources: [page], build: () => run("vite", "bin/vite.js", ["build", page, "--logLevel", "error"]) },
];

/** Files that share what they have in common, and read what is seldom wanted when it is: a thousand small ones cost half the start. */
async function bundleProgram() {
  const { metafile } = await bundle({
    entryPoints: ["src/main.ts", "src/cli.ts", "src/tools/house-server.ts"],
    outdir: "dist",
    outbase: ".",
    splitting: true,
    chunkNames: "src/[name]-[hash]",
    metafile: true,
  });
  sweep("dist/src", Object.keys(metafile.outputs));
}

/** One file per job: a thread starts in a third of the time it takes to import the packages one by one. */
function bundleJobs() {
  return bundle({ entryPoints: readdirSync(join(root, "jobs")).map((file) => `jobs/${file}`), outdir: "dist/jobs" });
}

async function bundle(options) {
  const { build } = await import("esbuild");
  return build({ ...bundling, absWorkingDir: root, ...options });
}

/** Takes away what earlier builds left. A program that runs may still want some of it, so that goes a day later. */
function sweep(folder, built) {
  for (const name of readdirSync(join(root, folder), { recursive: true })) {
    const file = join(root, folder, name);
    const stat = statSync(file);
    const isOld = stat.isFile() && Date.now() - stat.mtimeMs > dayMs;
    if (isOld && !built.some((path) => join(root, path) === file)) rmSync(file);
  }
}

/** Runs a package's own command with this Node, so that neither a shell nor PATH matters. */
function run(name, bin, args) {
  const require = createRequire(join(root, "package.json"));
  const file = join(dirname(require.resolve(`${name}/package.json`)), bin);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, ...args], { cwd: root }, (error, out, err) => {
      if (error) reject(new Error(`${out}${err}`));
      else resolve(out);
    });
  });
}

/** A fingerprint of a part's sources: names, sizes and times. */
function fingerprint({ sources, except }) {
  const hash = createHash("sha256");
  const walk = (path) => {
    if (path === except || !existsSync(join(root, path))) return;
    const stat = statSync(join(root, path));
    if (stat.isDirectory()) for (const name of readdirSync(join(root, path)).sort()) walk(`${path}/${name}`);
    else hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`);
  };
  for (const path of [...sources, ...always]) walk(path);
  return hash.digest("hex");
}

const stampOf = (part) => join(root, `dist/.built-${part.name}`);
const due = parts
  .map((part) => ({ ...part, stamp: fingerprint(part) }))
  .filter((part) => {
    const file = stampOf(part);
    return !process.argv.includes("--if-changed") || !existsSync(file) || readFileSync(file, "utf8") !== part.stamp;
  });

if (due.length > 0) {
  if (!existsSync(join(root, "node_modules/esbuild"))) {
    console.error("Building needs the development packages: run `npm ci` without --omit=dev, then `npm run build`.");
    process.exit(1);
  }
  const began = Date.now();
  process.stdout.write(`building ${due.map((part) => part.name).join(", ")} … `);
  mkdirSync(join(root, "dist"), { recursive: true });
  const results = await Promise.allSettled(
    due.map(async (part) => {
      rmSync(stampOf(part), { force: true });
      await part.build();
      writeFileSync(stampOf(part), part.stamp);
    }),
  );
  const failed = results.flatMap((result, n) =>
    result.status === "rejected" ? [{ part: due[n], reason: result.reason }] : [],
  );
  console.log(failed.length > 0 ? "failed" : `done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  for (const { part, reason } of failed) console.error(`The ${part.name} could not be built:\n${reason.message}`);
  if (failed.length > 0) process.exit(1);
}
