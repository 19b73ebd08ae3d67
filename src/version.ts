import about from "../package.json" with { type: "json" };

/** Which Bellhop this is, as it tells those it speaks with over MCP. */
export const version: string = about.version;
