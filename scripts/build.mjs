// Builds dist/ in three parts: the program (tsc), the worker jobs as one file each (esbuild), the console's page (vite).
// With --if-changed each part is built only when one of its sources changed since.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const page = "adapters/console/web";
/** For the tests, beside which types are checked anyway: a program built without that is built anew for anybody else. */
const lenient = process.argv.includes("--lenient");
const always = ["scripts", "package.json", "tsconfig.json", "tsconfig.build.json"];

const parts = [
  {
    name: "program",
    sources: ["src", "adapters"],
    except: page,
    mark: lenient ? " unchecked" : "",
    build: () => run("typescript", "bin/tsc", ["-p", "tsconfig.build.json", ...(lenient ? ["--noCheck"] : [])]),
  },
  { name: "jobs", sources: ["jobs", "src/agent", "src/runs"], build: bundleJobs },
  { name: "page", sources: [page], build: () => run("vite", "bin/vite.js", ["build", page, "--logLevel", "error"]) },
];

/** One file per job: a thread starts in a third of the time it takes to import the packages one by one. */
async function bundleJobs() {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: readdirSync(join(root, "jobs")).map((file) => `jobs/${file}`),
    outdir: "dist/jobs",
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    legalComments: "none",
    // Half the size of all the rest, and only wanted with the first PDF.
    external: ["unpdf"],
    // Packages written for CommonJS ask for `require` inside an ES module.
    banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
    logLevel: "silent",
  });
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
    if (!process.argv.includes("--if-changed") || !existsSync(file)) return true;
    const built = readFileSync(file, "utf8");
    return built !== part.stamp && built !== part.stamp + (part.mark ?? "");
  });

if (due.length > 0) {
  if (!existsSync(join(root, "node_modules/typescript"))) {
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
      writeFileSync(stampOf(part), part.stamp + (part.mark ?? ""));
    }),
  );
  const failed = results.flatMap((result, n) =>
    result.status === "rejected" ? [{ part: due[n], reason: result.reason }] : [],
  );
  console.log(failed.length > 0 ? "failed" : `done in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  for (const { part, reason } of failed) console.error(`The ${part.name} could not be built:\n${reason.message}`);
  // What could be written is good enough to try things out while you work.
  if (failed.length > 0 && !lenient) process.exit(1);
}
