import { z } from "zod";
import { aliasOf, duration, flag, kind, number, oneOf, secret, settings, text, textByName, url } from "./kinds.ts";
import { OAuth, settleOAuth } from "./oauth.ts";

const serverName = kind(
  "a name of Latin letters, digits, dots, dashes (at most 32, no double underscore)",
  (written) =>
    typeof written === "string" && /^[a-zA-Z0-9](?!.*__)[a-zA-Z0-9_.-]{0,31}$/.test(written) ? written : undefined,
);

const transport = oneOf("stdio", "http", "sse", "streamable_http", "streamable-http", "streamableHttp");
const toolGlobs = z.array(text);
const preset = z.record(z.string(), z.record(z.string(), z.unknown()));

const Sandbox = settings({
  network: z.array(text).default([]).describe("Hosts it may reach."),
  files: z.array(text).default([]).describe("Paths it may use."),
  cpu: number({ min: 0 }).optional().describe("Seconds of CPU a call may take."),
  memory: text.optional().describe('Memory it may use, e.g. "512m".'),
});

const shape = {
  command: text.optional().describe("The program to start, for a server spoken to over standard input and output."),
  args: z
    .array(z.union([text, kind("text", (n) => (typeof n === "number" ? String(n) : undefined))]))
    .default([])
    .describe("Its arguments."),
  env: textByName.default({}).meta({ description: "Its environment, besides PATH, HOME and LANG.", secret: true }),
  cwd: text.optional().describe("The folder it runs in."),
  url: url.optional().describe("Where a remote server is."),
  headers: textByName.default({}).meta({ description: "Sent with every request to a remote server.", secret: true }),
  api_key: secret.optional().describe("Sent to a remote server as `Authorization: Bearer …`."),
  oauth: OAuth.optional().describe(
    "true, or a map: an admin signs in to a remote server by `/bellhop connect`, or Bellhop does as itself. Default: false.",
  ),
  transport: transport
    .optional()
    .describe("stdio, http (streamable, falls back to SSE) or sse. Default: stdio with a command, http with a url."),
  mode: aliasOf("transport", transport),
  type: aliasOf("transport", transport),
  preset: preset.optional().describe("By tool, arguments filled in at the call and hidden from the model."),
  preset_kwargs: aliasOf("preset", preset),
  tools: toolGlobs.optional().describe("Globs of the tools offered to any agent. Default: all."),
  enabled_functions: aliasOf("tools", toolGlobs),
  deny: toolGlobs.default([]).describe("Globs of tools offered to no agent."),
  timeout: duration.prefault("60s").describe("How long a call may take without progress."),
  cache: z
    .record(text, duration)
    .default({})
    .describe(
      "By glob of its tools, first match wins: how long the result of an identical call is used again, for everybody. Only for tools that read.",
    ),
  enabled: flag.prefault(true).describe("false: kept, not connected."),
  disabled: flag.optional().meta({ alias: "enabled", description: "`enabled`, the other way round." }),
  description: text.optional().describe("What it is for, as `tools` says it to admins."),
  pin: oneOf("on", "off")
    .default("on")
    .describe("on: tools that change, or come later, are held back until an admin accepts them."),
  sandbox: Sandbox.optional().meta({ description: "Limits put on a started server.", later: true }),
};

// What other clients, and agents' own lists, call things that are said otherwise here.
const asksFirst = "leave it out: who must say yes to a call is said by `approve` of an agent";
const elsewhere = new Map([
  ...["httpUrl", "serverUrl", "endpoint", "uri"].map((key) => [key, 'did you mean "url"?'] as const),
  ...["alwaysAllow", "autoApprove", "trust", "approve"].map((key) => [key, asksFirst] as const),
  ...["includeTools", "enabledTools"].map((key) => [key, 'did you mean "tools"?'] as const),
  ...["excludeTools", "disabledTools"].map((key) => [key, 'did you mean "deny"?'] as const),
  ["reads", "it belongs to the server where an agent names it, in agents.yaml"],
  ["envFile", "put the variables into `.env` where Bellhop is started, and name them in env"],
]);

type Written = z.infer<z.ZodObject<typeof shape>>;

function settle(written: Written, complain: (message: string, ...path: string[]) => void) {
  const { transport, mode, type, command, args, env, cwd, url, headers, api_key, sandbox, disabled, ...rest } = written;
  const { preset, preset_kwargs, tools, enabled_functions, oauth, ...kept } = rest;
  const offered = tools ?? enabled_functions;
  const common = {
    ...kept,
    enabled: kept.enabled && disabled !== true,
    preset: preset ?? preset_kwargs ?? {},
    ...(offered === undefined ? {} : { tools: offered }),
  };
  const spoken = transport ?? mode ?? type ?? (command === undefined ? "http" : "stdio");
  if (command !== undefined && url !== undefined) complain("has a command and a url; only one can be meant", "url");
  else if (command !== undefined) {
    if (spoken !== "stdio") complain(`${spoken} needs a url, not a command`, "command");
    if (api_key !== undefined) complain("is sent to a url; give a command its key in env", "api_key");
    if (Object.keys(headers).length > 0) complain("are sent to a url; a command gets env", "headers");
    if (oauth !== undefined && oauth !== false) complain("is for a url; a command gets env", "oauth");
    const place = { ...(cwd === undefined ? {} : { cwd }), ...(sandbox === undefined ? {} : { sandbox }) };
    return { ...common, transport: "stdio" as const, command, args, env, ...place };
  } else if (url !== undefined) {
    if (spoken === "stdio") complain("stdio needs a command, not a url", "url");
    for (const [setting, value] of Object.entries({ args, env, cwd, sandbox })) {
      if (value !== undefined && Object.keys(value).length > 0)
        complain("is for a command; this server has a url", setting);
    }
    const complainOf = (message: string, ...path: string[]) => complain(message, "oauth", ...path);
    const signIn = oauth === undefined || oauth === false ? {} : { oauth: settleOAuth(oauth, complainOf) };
    if ("oauth" in signIn && (api_key !== undefined || "authorization" in lowered(headers)))
      complain("signs in by itself; leave out api_key and the Authorization header, or this", "oauth");
    const authorization = api_key === undefined ? {} : { Authorization: `Bearer ${api_key}` };
    const kind = spoken === "sse" ? ("sse" as const) : ("http" as const);
    return { ...common, transport: kind, url, headers: { ...authorization, ...headers }, ...signIn };
  } else complain("needs a command to start or a url to reach");
  return z.NEVER;
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A server whose tools agents can use, spoken to over MCP. */
export const McpServer = settings({ name: serverName.describe("How agents name it."), ...shape }, elsewhere).transform(
  ({ name, ...written }, context) => {
    const rest = settle(written, (message, ...path) =>
      context.issues.push({ code: "custom", message, input: written, path }),
    );
    return { name, ...rest };
  },
);
export type McpServer = z.infer<typeof McpServer>;

/** The common map form: `{ "mcpServers": { name: { … } } }`. */
const ServerMap = z.record(serverName, settings(shape, elsewhere)).transform((servers, context) =>
  Object.entries(servers).map(([name, written]): McpServer => {
    const rest = settle(written, (message, ...path) =>
      context.issues.push({ code: "custom", message, input: written, path: [name, ...path] }),
    );
    return { name, ...rest };
  }),
);

const Servers = z.union([z.array(McpServer), ServerMap]);

/** mcp_servers.yaml */
export const McpServersFile = settings({
  mcp_servers: Servers.optional().describe("Servers whose tools agents can use: a list, or a map by name."),
  servers: aliasOf("mcp_servers", Servers),
  mcpServers: aliasOf("mcp_servers", Servers),
}).transform(({ mcp_servers, servers, mcpServers }) => ({
  mcp_servers: [...(mcp_servers ?? []), ...(servers ?? []), ...(mcpServers ?? [])],
}));
