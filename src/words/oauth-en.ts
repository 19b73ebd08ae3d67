/** What is said of signing in to servers of tools, in English. */
export const oauthInEnglish = {
  state: "needs sign-in: an admin says `connect`",
  /** Told where admins read, once. */
  told: {
    first: (server: string) =>
      `**${server}** wants somebody to sign in before agents can use it. An admin says \`/bellhop connect ${server}\`; the link comes by DM.`,
    ended: (server: string) =>
      `**${server}** does not take its sign-in any more: it was revoked, or ran out. Agents can't use it until an admin says \`/bellhop connect ${server}\`.`,
    scope: (server: string) =>
      `**${server}** wants more rights for what an agent tried than its account has. To give them, an admin says \`/bellhop connect ${server}\`.`,
    sealed: (server: string) =>
      `The account of **${server}** can't be opened: it was encrypted with another key. Set \`BELLHOP_SECRET_KEY\` back to the old one, or an admin signs in anew with \`/bellhop connect ${server}\`.`,
  },
  adminsOnly: (admins: string[]) =>
    `Only admins can sign in to servers${admins.length > 0 ? `: ${admins.join(", ")}` : "; none is named in `config/channels.yaml`"}.`,
  none: "No server in `config/mcp_servers.yaml` has `oauth: true`, so there is nothing to sign in to.",
  unknown: (name: string, servers: string[]) =>
    `There is no server ${name} to sign in to. There is ${servers.join(", ")}.`,
  /** Of servers that nobody has to sign in to. */
  asItself: {
    connect: (servers: string[]) =>
      `Nobody has to sign in to ${bold(servers)}: I do that as myself, by the client in \`config/mcp_servers.yaml\`. \`/agents\` tells how it goes.`,
    disconnect: (servers: string[]) =>
      `Nobody is signed in to ${bold(servers)} but I myself, by the client in \`config/mcp_servers.yaml\`. To keep me out, set \`enabled: false\` there, or take the client away where it was registered.`,
  },
  which: "Which server?",
  /** The link itself, by DM. */
  link: (server: string, url: string) =>
    `[Sign in to ${server}](${url}). The link is good once, for 10 minutes, and is yours alone: whoever opens it decides which account all agents use there.`,
  sent: "I sent you a link by DM.",
  noDirect: "I can't reach you by DM, and the link must not stand where others read. Say it to me in a DM.",
  gone: (server: string, revoked: boolean) =>
    revoked
      ? `Signed out of **${server}**, and its tokens were revoked.`
      : `Signed out of **${server}**. I forgot its tokens; whether they are revoked there I don't know, so look at its list of connected apps.`,
  notConnected: (server: string) => `Nobody was signed in to **${server}**.`,
  failed: (server: string, why: string) => `Signing in to **${server}** is not possible: ${why}`,
  /** Why a sign-in is not possible; what came from outside stands between signs that show it as it is. */
  trouble: {
    "no-address": () =>
      "browsers can't reach me. Set `BELLHOP_URL` to the `https://` address where they do, or let me listen on this machine alone.",
    unreachable: (detail: string) => `it could not be reached (${detail}). Try again in a moment.`,
    "no-metadata": (detail: string) => `its authorization server says nothing of itself (${detail}).`,
    "no-pkce": (detail: string) => `its authorization server does not do PKCE, so codes could be stolen (${detail}).`,
    "wrong-issuer": (detail: string) =>
      `an answer came from another authorization server than was asked (${detail || "it did not say which"}).`,
    "other-issuer": (detail: string) =>
      `it now names another authorization server than the one that has the client's secret from me (${detail}), and that one would get to see it. If that is right, say \`disconnect\` first, and then \`connect\`.`,
    "wrong-resource": (detail: string) => `it says that its tokens are for something else (${detail}).`,
    "forbidden-url": (detail: string) => `it sends me where I must not go: ${detail}.`,
    "no-registration": (redirect: string) =>
      `its authorization server registers no clients by itself. Register one there by hand, with the redirect address ${redirect}, and put its \`client_id\` under \`oauth:\`.`,
    refused: (detail: string) => `it was refused (${detail}).`,
  },
  /** The page that a browser shows at the end; plain text. */
  page: {
    done: (server: string) => `Signed in to ${server}.`,
    close: "You can close this page.",
    failed: (server: string) => `Not signed in to ${server}.`,
    unknown:
      "This link is not good any more: it was used already, is older than 10 minutes, or its server was signed out since.",
    again: "For a new one, say /bellhop connect.",
  },
};

function bold(servers: string[]): string {
  return servers.map((server) => `**${server}**`).join(", ");
}
