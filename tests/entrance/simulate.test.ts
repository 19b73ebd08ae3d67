import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createSchedules } from "../../src/schedules/schedules.ts";
import { openDatabase } from "../../src/store/database.ts";
import { draft } from "../schedules/stage.ts";
import { bellhop } from "./command-line.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

describe("bellhop simulate", () => {
  it("tells people what the schedules of the settings would do, and ends with 0 when all is well", async () => {
    const home = await team(`
      - { name: standup, when: "every weekday 9:00", timezone: Asia/Taipei, prompt: Go., to: ["slack:C0TEAM", "discord:998877"], skip: ["2026-03-24"] }
      - { name: night, when: "every day 2:30", prompt: Go., to: ["console:general"] }`);
    const { code, out, err } = await bellhop(home, ["simulate", "--from", "2026-03-20", "--days", "14"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const said = out.split("\n");
    expect(said.slice(0, 2)).toEqual([
      "Fri 20 Mar 2026 00:00 to Fri 3 Apr 2026 00:00 (Europe/Berlin). A run is taken to last 1m, or its timeout where that is shorter; no model is asked, nothing is posted.",
      "2 schedules of config.",
    ]);
    expect(said.slice(3, 6).map((line) => line.split(/ {2,}/))).toEqual([
      ["schedule", "when", "zone", "runs", "first", "last", "overlaps", "skipped"],
      ["standup", "every weekday at 09:00", "Asia/Taipei", "9", "Fri 20 Mar 09:00", "Thu 2 Apr 09:00", "0", "1"],
      ["night", "every day at 02:30", "Europe/Berlin", "14", "Fri 20 Mar 02:30", "Thu 2 Apr 02:30", "0", "0"],
    ]);
    expect(out).toContain(
      "· night: On Sun 29 Mar 2026 02:30 doesn't exist in Europe/Berlin: it runs at 03:00 that day.",
    );
    expect(said.slice(said.indexOf("Days in Europe/Berlin:") + 1)).toEqual([
      "Fri 20 Mar               02:00 standup · 02:30 night",
      "Sat 21 Mar – Sun 22 Mar  02:30 night",
      "Mon 23 Mar               02:00 standup · 02:30 night",
      "Tue 24 Mar               standup (skipped) · 02:30 night",
      "Wed 25 Mar – Fri 27 Mar  02:00 standup · 02:30 night",
      "Sat 28 Mar               02:30 night",
      "Sun 29 Mar               03:00 night",
      "Mon 30 Mar – Thu 2 Apr   02:30 night · 03:00 standup",
      "",
    ]);
    expect(await readdir(home)).toEqual(["config"]);
  });

  it("tells programs every firing, and ends with 1 when something is wrong", async () => {
    const home = await team(`
      - { name: greedy, when: "every 15m between 9:00 and 10:00", prompt: Go., to: ["slack:C0TEAM"], timeout: 1h }
      - { name: gone, when: "2026-01-06 9:00", prompt: Go., to: ["slack:C0TEAM"] }
      - { name: astray, when: "every day 12:00", prompt: Go., to: ["slack:#team"] }`);
    const asked = ["simulate", "--from", "2026-03-20T06:00:00Z", "--days", "2", "--run-minutes", "20", "--json"];
    const { code, out, err } = await bellhop(home, asked);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      ok: false,
      from: "2026-03-20T06:00:00Z",
      to: "2026-03-22T06:00:00Z",
      complete: true,
      run_minutes: 20,
      sources: { config: 3, data: 0 },
      problems: ['gone: never fires: "2026-01-06 9:00" is past'],
    });
    expect(report.schedules.map((one: { name: string; problems: string[] }) => [one.name, one.problems])).toEqual([
      ["greedy", ["overlaps for ever: of 10 slots 4 are skipped while a run of 20m is still going"]],
      ["astray", ["posts nowhere: slack:#team is no channel; one looks like slack:C0TEAM"]],
    ]);
    expect(report.firings.slice(0, 2)).toEqual([
      {
        schedule: "greedy",
        due: "2026-03-20T08:00:00Z",
        local: "2026-03-20 09:00",
        outcome: "ran",
        started: "2026-03-20T08:00:00Z",
      },
      {
        schedule: "greedy",
        due: "2026-03-20T08:15:00Z",
        local: "2026-03-20 09:15",
        outcome: "skipped",
        why: { is: "overlap", going: Date.parse("2026-03-20T08:00:00Z") },
      },
    ]);
    expect(report.firings).toHaveLength(12);
  });

  it("tells what is wrong with the settings as `start` does, and with what it was asked; both end with 2", async () => {
    const home = await team(`
      - { name: vague, when: "every monday at 5", prompt: Go., to: ["slack:C0TEAM"] }
      - { name: nonsense, when: "whenever", prompt: Go., to: ["slack:C0TEAM"], tone: loud }
      - { name: once, when: "tomorrow 9:00", prompt: Go., to: ["slack:C0TEAM"] }`);
    const { code, out, err } = await bellhop(home, ["simulate"]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const told = err.trimEnd().split("\n");
    expect(told).toHaveLength(4);
    expect(told[0]).toMatch(
      /^config\/schedules\.yaml:2:20 schedules\[0\]\.when: "every monday at 5" — in the morning or in the afternoon\? Write "every Monday at 05:00" or "every Monday at 17:00"\.$/,
    );
    expect(told[1]).toMatch(/^config\/schedules\.yaml:3:\d+ schedules\[1\]\.when: can't read "whenever"/);
    expect(told[2]).toMatch(/^config\/schedules\.yaml:3:\d+ schedules\[1\]\.tone: no setting named "tone"/);
    expect(told[3]).toMatch(
      /^config\/schedules\.yaml:4:\d+ schedules\[2\]\.when: "tomorrow 9:00" is another day each time/,
    );
    expect(await bellhop(home, ["start"])).toMatchObject({ code: 2, out: "", err });
    for (const wish of [
      ["--days", "0"],
      ["--from", "2026-02-30"],
      ["--run-minutes", "often"],
    ]) {
      const refused = await bellhop(home, ["simulate", ...wish]);
      expect(refused).toMatchObject({ code: 2, out: "", err: expect.stringContaining(`${wish[0]} wants`) });
      expect(refused.err).toContain(`it came as "${wish[1]}"`);
    }
  });

  it("replays what is kept in a data folder too, from a copy, and leaves it out while it is in use", async () => {
    const home = await team('\n      - { name: ours, when: "every day 9:00", prompt: Go., to: ["slack:C0TEAM"] }');
    const data = join(home, "data");
    const database = await openDatabase(data);
    const schedules = await createSchedules({
      query: database.query,
      work: async () => ({ kind: "silent" }),
      isOwnerGone: async () => false,
      notice: () => {},
      trouble: () => {},
    });
    await schedules.create(draft({ name: "from chat" }));
    const asked = ["simulate", "--from", "2027-01-04", "--days", "1", "--json"];

    const during = await bellhop(home, asked);
    expect(JSON.parse(during.out)).toMatchObject({
      sources: { config: 1, data: 0, data_left_out: `data is in use (process ${process.pid} on ${hostname()})` },
      schedules: [{ name: "ours" }],
    });
    await database.close();

    const before = await stat(join(data, "bellhop.sqlite"));
    const after = await bellhop(home, asked);
    expect(JSON.parse(after.out)).toMatchObject({
      ok: true,
      sources: { config: 1, data: 1 },
      schedules: [
        { name: "ours", origin: "config" },
        { name: "from chat", origin: "chat", id: expect.stringMatching(/^s-/) },
      ],
    });
    expect((await bellhop(home, asked.slice(0, -1))).out).toContain(
      "1 schedule of config, and 1 kept in data, read from a copy.",
    );
    expect((await stat(join(data, "bellhop.sqlite"))).mtimeMs).toBe(before.mtimeMs);
    expect(await readdir(data)).toEqual(["bellhop.sqlite"]);
  });
});

/** A folder with settings: one agent, and these schedules. */
async function team(schedules: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "bellhop-team-"));
  folders.push(home);
  await mkdir(join(home, "config"));
  const files = {
    "agents.yaml": "agents:\n  - { name: ops, llm_model: main }\n",
    "llm.yaml":
      'models:\n  - { name: main, provider: custom, base_url: "http://127.0.0.1:9/v1", model: m, api_key: k }\n',
    "channels.yaml": "workspace: { timezone: Europe/Berlin }\n",
    "schedules.yaml": `schedules:${schedules.replaceAll("\n      ", "\n  ")}\n`,
  };
  for (const [name, written] of Object.entries(files)) await writeFile(join(home, "config", name), written);
  return home;
}
