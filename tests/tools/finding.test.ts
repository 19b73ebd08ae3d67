import { describe, expect, it } from "vitest";
import { type Findable, findTools, toolLine } from "../../src/tools/finding.ts";

function tool(box: string, name: string, description: string, parameters: Record<string, unknown> = {}): Findable {
  const properties = Object.fromEntries(Object.entries(parameters).map(([one, schema]) => [one, schema]));
  return { box, spec: { name: `${box}__${name}`, description, parameters: { type: "object", properties } } };
}

const tools = [
  tool("jira", "create_issue", "Creates an issue.", { summary: { type: "string" } }),
  tool("jira", "search_issues", "Finds issues by a query.", { jql: { type: "string", description: "In JQL." } }),
  tool("grafana", "query_range", "Runs a PromQL query over a time range.", { expr: { type: "string" } }),
  tool("grafana", "silenceAlert", "Keeps an alert quiet.", { alertId: { type: "string" } }),
  tool("wetter", "forecast", "查詢未來七天的天氣預報。", { city: { type: "string", description: "城市名稱" } }),
  tool("files", "readTextFile", "Reads a file as text.", { path: { type: "string" } }),
  tool("files", "search_issues_backup", "Legacy copy.", {}),
];
const found = (query: string) => findTools(query, tools, 3).map((one) => one.spec.name);

describe("a query", () => {
  it.each([
    ["create an issue", "jira__create_issue"],
    ["searching for issues", "jira__search_issues"],
    ["silence alerts", "grafana__silenceAlert"],
    ["PromQL", "grafana__query_range"],
    ["I want to read files", "files__readTextFile"],
    ["天氣預報", "wetter__forecast"],
    ["台北明天的天氣如何？", "wetter__forecast"],
    ["JQL", "jira__search_issues"],
    ["alertid", "grafana__silenceAlert"],
    ["readtextfile", "files__readTextFile"],
  ])("%s finds %s first", (query, name) => {
    expect(found(query)[0]).toBe(name);
  });

  it("that nothing fits finds nothing", () => {
    for (const query of ["", "   ", "the of a", "zeppelin", "量子", "!!!"]) expect(found(query)).toEqual([]);
  });

  it("finds the same whenever it is asked, the first of equals first", () => {
    expect(found("issue")).toEqual(found("issue"));
    const alike = [1, 2, 3, 4].map((n) => tool(`s${n}`, "ping", "Pings."));
    expect(findTools("ping", alike, 3).map((one) => one.box)).toEqual(["s1", "s2", "s3"]);
  });

  it("of any length among a thousand tools is answered at once", () => {
    const many = Array.from({ length: 1000 }, (_, n) => tool(`s${n % 20}`, `do_thing_${n}`, "Does it. ".repeat(50)));
    const begun = process.cpuUsage();
    findTools("thing 天氣 ".repeat(2000), many, 8);
    const { user, system } = process.cpuUsage(begun);
    // Of this process alone: the machine may be busy with something else.
    expect((user + system) / 1000).toBeLessThan(1500);
  });
});

it("a tool is told in one line, with what it takes", () => {
  const one = tool("a", "b", "First.\nSecond.", { x: { type: "string" }, y: true });
  one.spec.parameters.required = ["x"];
  expect(toolLine(one)).toBe("- a__b(x: string, y?): First. Second.");
});
