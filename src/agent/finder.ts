/** The name of the tool that finds others; no server's tool can have it. */
export const finder = "find_tools";
