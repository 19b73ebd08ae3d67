import { mkdir, mkdtemp, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { describeDiff } from "../../src/config/diff.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type ConfigUpdate, type ConfigWatcher, watchConfig } from "../../src/config/watch.ts";

const opened: { folder: string; watcher: ConfigWatcher }[] = [];
afterEach(async () => {
  for (const { folder, watcher } of opened.splice(0)) {
    await watcher.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

/** A watched folder; `next()` waits for the next thing that is told. */
async function watched(agents: string, { folder }: { folder?: string } = {}) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), "bellhop-watch-")));
  if (folder === undefined) await writeFile(join(place, "agents.yaml"), agents);
  const told: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  const tell = (line: string) => {
    const first = waiting.shift();
    if (first === undefined) told.push(line);
    else first(line);
  };
  const loaded = await loadConfig(place, { env: {} });
  const { config } = loaded;
  if (config === undefined) throw new Error("the test's own settings are broken");
  const watcher = watchConfig(
    place,
    { ...loaded, config },
    {
      env: {},
      debounceMs: 100,
      onUpdate: ({ diff }) => tell(describeDiff(diff)),
      onBroken: ({ problems }) => tell(`broken: ${problems[0]?.message}`),
      onError: (error) => tell(`error: ${error}`),
    },
  );
  opened.push({ folder: place, watcher });
  await watcher.ready;
  const next = () => {
    const line = told.shift();
    return line === undefined ? new Promise<string>((resolve) => waiting.push(resolve)) : Promise.resolve(line);
  };
  return { folder: place, file: join(place, "agents.yaml"), watcher, next, told };
}

test("a saved edit is picked up, and what changed is named", async () => {
  const { file, next, watcher } = await watched("agents: [{ name: a }, { name: b }]");
  await writeFile(file, "agents: [{ name: a, role: new }, { name: c }]");
  expect(await next()).toBe("agents: +c -b ~a");
  expect(watcher.current().config?.agents[0]?.role).toBe("new");
});

test("a broken edit keeps the old config and is told; mending it is told too", async () => {
  const { file, next, watcher } = await watched("agents: [{ name: a }]");
  await writeFile(file, "agents: [{ name: a, rol: x }]");
  expect(await next()).toBe('broken: no setting named "rol" — did you mean "role"?');
  expect(watcher.current().config?.agents).toHaveLength(1);
  await writeFile(file, "agents: [{ name: a }]");
  expect(await next()).toBe("nothing");
});

test("an editor that saves by renaming is noticed, more than once", async () => {
  const { file, next } = await watched("agents: [{ name: a }]");
  for (const name of ["b", "c", "d"]) {
    await writeFile(`${file}.swp`, `agents: [{ name: ${name} }]`);
    await rename(`${file}.swp`, file);
    expect(await next()).toContain(`+${name}`);
  }
});

test("files that come and go are noticed", async () => {
  const { folder, next } = await watched("agents: [{ name: a }]");
  await writeFile(join(folder, "llm.yaml"), "models: [{ name: m, provider: ollama }]");
  expect(await next()).toBe("agents: ~a; models: +m -offline; default_model");
  await unlink(join(folder, "llm.yaml"));
  expect(await next()).toBe("agents: ~a; models: +offline -m; default_model");
});

test("a folder that is made later is noticed", async () => {
  const parent = await mkdtemp(join(tmpdir(), "bellhop-watch-"));
  const { folder, next } = await watched("", { folder: join(parent, "config") });
  await mkdir(folder);
  await writeFile(join(folder, "agents.yaml"), "agents: [{ name: first }]");
  expect(await next()).toContain("+first");
  await rm(parent, { recursive: true, force: true });
});

test("several saves in a row are read once they have settled", async () => {
  const { file, next, told } = await watched("agents: [{ name: a }]");
  for (let save = 1; save <= 5; save++) await writeFile(file, `agents: [{ name: a${save} }]`);
  expect(await next()).toBe("agents: +a5 -a; default_agent");
  expect(told).toEqual([]);
});

test("an edit saved while the watching began is not missed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bellhop-watch-"));
  const loaded = await loadConfig(folder, { env: {} });
  if (loaded.config === undefined) throw new Error("the test's own settings are broken");
  await writeFile(join(folder, "agents.yaml"), "agents: [{ name: early }]");
  const { config } = loaded;
  const added = await new Promise((resolve) => {
    const onUpdate = ({ diff }: ConfigUpdate) => resolve(diff.agents.added);
    const options = { env: {}, debounceMs: 100, onUpdate, onBroken: () => {}, onError: () => {} };
    opened.push({ folder, watcher: watchConfig(folder, { ...loaded, config }, options) });
  });
  expect(added).toEqual(["early"]);
});

test("a second file of the same kind is told, though the first is as it was", async () => {
  const { folder, next } = await watched("agents: [{ name: a }]");
  await writeFile(join(folder, "agents.yml"), "agents: []");
  expect(await next()).toContain("broken: says the same kind of thing");
});

test("reading again without a change tells nothing", async () => {
  const { watcher, told } = await watched("agents: [{ name: a }]");
  await watcher.reload();
  expect(told).toEqual([]);
});

test("nothing is told after the stop", async () => {
  const { file, watcher, told } = await watched("agents: [{ name: a }]");
  await watcher.stop();
  await writeFile(file, "agents: [{ name: b }]");
  await watcher.reload();
  expect(told).toEqual([]);
});

test("a listener that throws is told of and does not end the watching", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bellhop-watch-"));
  await writeFile(join(folder, "agents.yaml"), "agents: [{ name: a }]");
  const loaded = await loadConfig(folder, { env: {} });
  if (loaded.config === undefined) throw new Error("the test's own settings are broken");
  const errors: unknown[] = [];
  const watcher = watchConfig(
    folder,
    { ...loaded, config: loaded.config },
    {
      env: {},
      onUpdate: () => {
        throw new Error("no");
      },
      onBroken: () => {},
      onError: (error) => errors.push(error),
    },
  );
  opened.push({ folder, watcher });
  await writeFile(join(folder, "agents.yaml"), "agents: [{ name: b }]");
  await watcher.reload();
  expect(errors).toEqual([new Error("no")]);
  expect(watcher.current().config?.agents[0]?.name).toBe("b");
});
