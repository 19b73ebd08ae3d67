import type { toolsInEnglish } from "./tools-en.ts";

/** What is said of MCP servers and their tools, in Chinese as in Taiwan. */
export const toolsInChinese: typeof toolsInEnglish = {
  usage:
    "`tools` 列出各伺服器。`tools diff 伺服器` 或 `tools diff 伺服器.工具` 顯示被擱置的內容；`tools accept 伺服器.工具 代碼` 讓代理可以使用，代碼就在差異下方；`tools reject 伺服器.工具 代碼` 則是拒絕。",
  adminsOnly: (admins) =>
    `只有管理員可以查看伺服器並接受其工具${admins.length > 0 ? `：${admins.join("、")}` : "；`config/channels.yaml` 裡還沒有指定任何人"}。`,
  onBehalf: "在終端機中，用 `--as` 說明代表誰。",
  noServers: "尚未設定任何 MCP 伺服器。管理員可以在 `config/mcp_servers.yaml` 加入。",
  server: (name, state) => `**${name}** — ${state}`,
  named: (server, state) => `${server}（${state.join("，")}）`,
  names: (names, more) => `${names.join("、")}${more > 0 ? `……還有 ${more} 個` : ""}`,
  state: {
    connected: (tools) => `已連線，${tools} 個工具`,
    connecting: "連線中……",
    waiting: (lostFor, why, backIn) => `${lostFor}前斷線${why ? `：${why}` : ""}。${backIn}後重試`,
  },
  held: (tools) => `${tools} 個被擱置`,
  span: (seconds) =>
    seconds < 100
      ? `${seconds} 秒`
      : seconds < 6000
        ? `${Math.round(seconds / 60)} 分鐘`
        : seconds < 172_800
          ? `${Math.round(seconds / 3600)} 小時`
          : `${Math.round(seconds / 86_400)} 天`,
  heldList: (changed, fresh, diff) => {
    const parts = [...(changed ? [`有變更：${changed}`] : []), ...(fresh ? [`新增：${fresh}`] : [])];
    return `⚠ 已擱置，${parts.join("；")}。詳見 ${diff}。`;
  },
  rejectedList: (tools) => `已拒絕，直到再次變更為止：${tools}。`,
  unfitting: (settings) => `⚠ 設定提到了它沒有的工具或參數：${settings}。`,
  notice: (server, tools) =>
    `⚠ **${server}** 有 ${tools} 個工具與當初信任的不同。在管理員接受之前，沒有任何代理能使用。`,
  changed: (tool) => `${tool} 有變更：`,
  isNew: (tool) => `${tool} 是新增的：`,
  part: {
    title: "標題",
    description: "說明",
    parameter: (name) => `參數 ${name}`,
    parameters: "整組參數",
    output: "傳回的內容",
    hints: "對自身的描述",
  },
  wholeIn: (file) => `*這只是開頭，完整內容在 \`${file}\`。*`,
  howToAccept: (order) => `只接受這裡顯示的內容：${order}`,
  howToReject: (order) => `拒絕，在它再次變更之前都不必再看：${order}`,
  rejectedBefore: "*這已經有管理員拒絕過。*",
  accept: "接受",
  reject: "拒絕",
  decided: {
    accept: {
      done: (server, tools) => `已接受 **${server}** 的 ${tools.join("、")}。代理從下一個問題起即可使用。`,
      by: (person) => `✓ 已由 ${person} 接受`,
      changedSince: (tools) => `未接受，因為已與先前顯示的不同：${tools.join("、")}。請看 \`tools\`。`,
    },
    reject: {
      done: (server, tools) => `已拒絕 **${server}** 的 ${tools.join("、")}。代理無法使用，再次變更時我才會再問。`,
      by: (person) => `✗ 已由 ${person} 拒絕`,
      changedSince: (tools) => `未拒絕，因為已與先前顯示的不同：${tools.join("、")}。請看 \`tools\`。`,
    },
  },
  seeFirst: {
    accept: "沒看過的不會被接受。內容如下：",
    reject: "沒看過的不會被拒絕。內容如下：",
  },
  noneHeld: (name) => `${name} 沒有任何東西被擱置。`,
  unknown: (name) => `沒有 ${name} 這個伺服器或工具。\`tools\` 會列出各伺服器。`,
  oldCode: (code) => `我不認得代碼 ${code}。\`tools diff\` 會顯示被擱置的內容，並附上新的代碼。`,
};
