/** What the bot says by itself of schedules and their work, in English. */
export const scheduledInEnglish = {
  digestAsked: "A digest, please.",
  privateSource: (name: string) =>
    `${name} reads a private channel and would post where others read it. Somebody in that channel must allow it; I asked there.`,
  mayPost: (name: string, targets: string[]) =>
    `**${name}** would post a digest of what is said here in ${targets.join(", ")}, where others read it. Anybody here may allow it.`,
  allow: "Allow",
  allowed: "Allowed. It is posted from the next time on.",
  allowedBy: (name: string) => `✓ allowed by ${name}`,
  notTheirs: "Only somebody who reads that channel can allow it.",
  stoppedWatching: "nothing new for long",
  weeklyNow: (name: string) => `**${name}** comes on Mondays from now on.`,
  watchingStopped: (name: string) => `**${name}** is paused. \`/schedule resume\` brings it back.`,
  itemMuted: (title: string) => `I won't show *${title}* again.`,
  itemSnoozed: (title: string, until: string) => `I won't show *${title}* before ${until}.`,
  itemBack: "It is shown again when there is news of it.",
  undo: "Undo",
  runSkipped: "Run skipped",
  runAgain: "Run again",
  pause: "Pause",
  resume: "Resume",
  wasDown: (from: string, to: string, ran: number, skipped: number, names: string[]) =>
    `I was down ${from} – ${to}. Of ${ran + skipped} due I ran ${ran === 0 ? "none" : ran === 1 ? "the latest" : ran}, skipped ${skipped}: ${names.join(", ")}.`,
  details: "Details",
  inspect: "Inspect",
  claim: "Claim",
  failing: (name: string, times: number, why: string, lastGood: string | undefined) =>
    `**${name}** has failed ${times === 1 ? "once" : times === 2 ? "twice" : `${times} times`}: *${why}*${lastGood ? ` Last good: ${lastGood}.` : ""} I'll say more at most once an hour.`,
  recovered: (name: string, time: string, link: string | undefined, times: number, ms: number) => {
    const hours = ms / 3_600_000;
    const over =
      hours < 1
        ? `${Math.round(ms / 60_000)} min`
        : hours < 48
          ? `${Math.round(hours)} h`
          : `${Math.round(hours / 24)} days`;
    return `**${name}** works again (${time}${link ? `, [link](${link})` : ""}). It failed ${times === 1 ? "once" : `${times} times`} over ${over}.`;
  },
  paused: (name: string, times: number, why: string) =>
    `**${name}** failed ${times} times in a row, so I paused it: *${why}*`,
  ownerGone: (name: string, owner: string) =>
    `**${name}** was skipped and paused: its owner, ${owner}, has no access there any more. Whoever may schedule there can make it theirs.`,
  undelivered: (name: string, places: string[], why: string) =>
    `**${name}** could not be posted to ${places.join(", ")}: *${why}*`,
  undeliverable: "it could not be delivered",
  late: (due: string) => `late, was due ${due}`,
  notAllowed: (owner: string, agent: string) => `${owner} may not have ${agent} work there any more.`,
};
