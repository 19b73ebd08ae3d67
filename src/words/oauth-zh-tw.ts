import type { oauthInEnglish } from "./oauth-en.ts";

/** 登入工具伺服器時說的話。 */
export const oauthInChinese: typeof oauthInEnglish = {
  state: "需要登入：請管理員輸入 `connect`",
  told: {
    first: (server) =>
      `要先有人登入 **${server}**，代理才能使用。請管理員輸入 \`/bellhop connect ${server}\`，連結會以私訊傳送。`,
    ended: (server) =>
      `**${server}** 不再接受先前的登入：可能已被撤銷或過期。在管理員輸入 \`/bellhop connect ${server}\` 之前，代理無法使用。`,
    scope: (server) =>
      `代理剛才要做的事，**${server}** 要求比目前帳號更多的權限。若要授予，請管理員輸入 \`/bellhop connect ${server}\`。`,
    sealed: (server) =>
      `無法開啟 **${server}** 的帳號：它是用另一把金鑰加密的。請把 \`BELLHOP_SECRET_KEY\` 改回原來的值，或由管理員輸入 \`/bellhop connect ${server}\` 重新登入。`,
  },
  adminsOnly: (admins) =>
    `只有管理員可以登入伺服器${admins.length > 0 ? `：${admins.join("、")}` : "；`config/channels.yaml` 裡還沒有指定管理員"}。`,
  none: "`config/mcp_servers.yaml` 裡沒有伺服器設定 `oauth: true`，所以不需要登入。",
  unknown: (name, servers) => `沒有名為 ${name} 的伺服器可以登入。可登入的有：${servers.join("、")}。`,
  asItself: {
    connect: (servers) =>
      `${bold(servers)} 不需要任何人登入：我會用 \`config/mcp_servers.yaml\` 裡的用戶端，以自己的身分登入。輸入 \`/agents\` 可以查看狀態。`,
    disconnect: (servers) =>
      `登入 ${bold(servers)} 的只有我自己，用的是 \`config/mcp_servers.yaml\` 裡的用戶端。若不想讓我登入，請在那裡設定 \`enabled: false\`，或到註冊這個用戶端的地方把它移除。`,
  },
  which: "哪一個伺服器？",
  link: (server, url) =>
    `[登入 ${server}](${url})。這個連結只能用一次，10 分鐘內有效，而且只給你：開啟的人會決定所有代理在那裡使用哪個帳號。`,
  sent: "我已經用私訊把連結傳給你了。",
  noDirect: "我無法私訊你，而這個連結不能放在別人看得到的地方。請直接在私訊裡對我說。",
  gone: (server, revoked) =>
    revoked
      ? `已登出 **${server}**，權杖也已撤銷。`
      : `已登出 **${server}**。權杖我已經忘掉，但不知道對方是否已撤銷，請到它的「已連結應用程式」清單確認。`,
  notConnected: (server) => `沒有人登入 **${server}**。`,
  failed: (server, why) => `無法登入 **${server}**：${why}`,
  trouble: {
    "no-address": () =>
      "瀏覽器連不到我。請把 `BELLHOP_URL` 設為瀏覽器可以連到我的 `https://` 位址，或讓我只在這台機器上接聽。",
    unreachable: (detail) => `連不上它（${detail}）。請稍後再試。`,
    "no-metadata": (detail) => `它的授權伺服器沒有提供任何說明（${detail}）。`,
    "no-pkce": (detail) => `它的授權伺服器不支援 PKCE，授權碼可能被竊取（${detail}）。`,
    "wrong-issuer": (detail) => `回應的不是我詢問的授權伺服器（${detail || "它沒有說自己是誰"}）。`,
    "other-issuer": (detail) =>
      `它現在指定的授權伺服器（${detail}），與我先前出示用戶端密鑰的那一個不同，照做的話對方就會看到密鑰。如果這個變更沒有錯，請先輸入 \`disconnect\`，再輸入 \`connect\`。`,
    "wrong-resource": (detail) => `它說它的權杖是給別的服務用的（${detail}）。`,
    "forbidden-url": (detail) => `它要我去我不該去的地方：${detail}。`,
    "no-registration": (redirect) =>
      `它的授權伺服器不會自動註冊用戶端。請在那裡手動註冊一個，重新導向位址填 ${redirect}，再把它的 \`client_id\` 寫在 \`oauth:\` 之下。`,
    refused: (detail) => `對方拒絕了（${detail}）。`,
  },
  page: {
    done: (server) => `已登入 ${server}。`,
    close: "你可以關閉這個頁面。",
    failed: (server) => `沒有登入 ${server}。`,
    unknown: "這個連結已經無效：它已被使用過、超過了 10 分鐘，或伺服器在那之後已登出。",
    again: "若需要新的連結，請輸入 /bellhop connect。",
  },
};

function bold(servers: string[]): string {
  return servers.map((server) => `**${server}**`).join("、");
}
