/** What the bot says of schedules, in English. */
export const schedulesInEnglish = {
  /** What a schedule does, in one sentence. `when` has its zone behind it already. */
  digests: (when: string, agent: string, from: string, to: string) =>
    `${when}, ${agent} writes a digest of ${from} and posts it in ${to}.`,
  works: (when: string, agent: string, to: string) => `${when}, ${agent} does this and posts it in ${to}:`,
  and: (names: string[]) =>
    names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`,
  here: "here",
  thisChannel: "this channel",
  inZone: (zone: string) => ` (${zone})`,
  next: (times: string[]) => `Next: ${times.join(" · ")}`,
  oneRun: (time: string) => `It runs once: ${time}`,
  neverAgain: "It will not run again.",
  uses: (tools: string[], model: string) =>
    `Uses: ${tools.length > 0 ? tools.join(", ") : "no tools"} · model ${model}`,
  costs: (month: string, runs: number, run: string) =>
    ` · about ${month} a month (${runs} ${runs === 1 ? "run" : "runs"} × ~${run})`,
  free: " · costs nothing",
  options: (flags: string) => `Also: ${flags}`,
  onlyYou: (until: string) => `only you can press; this card lasts until ${until}`,
  create: "Create",
  save: "Save",
  test: "Test now",
  edit: "Edit",
  cancel: "Cancel",
  cancelled: "Nothing was scheduled.",
  unchanged: "Nothing was changed.",
  manage: "Manage",
  created: (person: string, name: string, when: string, place: string) =>
    `**${person}** scheduled **${name}**: ${when}, ${place}.`,
  createdFor: (name: string, id: string, next: string) => `**${name}** \`${id}\` is scheduled. Next: ${next}.`,
  changed: (name: string, id: string, next: string) => `**${name}** \`${id}\` is changed. Next: ${next}.`,
  nothingNext: "never",
  askWhat: (when: string) =>
    `${when} — and what is to be done then? For example: \`/schedule every weekday 9:00 digest of #support\``,
  noWhen: (text: string) =>
    `I could not read a time in “${text}”. Begin with it: \`every weekday 9:00 …\`, \`mondays 10:00 …\`, \`every 2 hours …\`, \`tomorrow 9:00 …\`.`,
  usage: [
    "`/schedule every weekday 9:00 digest of #support` makes a schedule; say `ops: …` for an agent, `in #team` for a place.",
    "`/schedule list`, `show`, `run`, `pause`, `resume`, `edit`, `delete`, `history`, `why`, `export`, `board` — by name or id.",
  ].join("\n"),
  notYours: (place: string, who: "everyone" | "members" | "admins" | "listed") => {
    const may = {
      everyone: "",
      members: " Members can.",
      admins: " Admins can.",
      listed: " Those whom the settings list can.",
    };
    return `You can't schedule anything in ${place}.${may[who]} Admins can change that.`;
  },
  notYoursToChange: (owner: string) => `This is ${owner}'s; they and admins can change it.`,
  fromConfig: "This one comes from `schedules.yaml` and is changed there. You can pause it and run it.",
  tooClose: (when: string, limit: string, instead: string) =>
    `${when} is closer than this workspace allows (${limit}). Try \`${instead}\`.`,
  tooCloseOtherwise: (when: string, limit: string) =>
    `${when}: some of these times are closer together than this workspace allows (${limit}).`,
  tooMany: (most: number) =>
    `You have ${most} schedules, and that is as many as one person may have here. Delete one first: \`/schedule list\`.`,
  cantRead: (place: string) => `You can't read ${place}, so I can't do that for you there.`,
  notConnected: (adapter: string) => `${adapter} is not connected to this bot.`,
  noSuchChannel: (name: string) =>
    `I know no channel ${name}. Pick it from the list that comes up when you type #, or write it as \`slack:C0TEAM\`.`,
  noPlace: "Say where it is to be posted: `in slack:C0TEAM`, for example.",
  noSuchField: (field: string, near: string | undefined) =>
    `There is no field \`--${field}\`.${near ? ` Did you mean \`--${near}\`?` : ""} There are: name, timezone, agent, prompt, from, to, thread, digest, catch-up, overlap, jitter, retries, timeout, skip, quiet-hours, until, max-runs, enabled.`,
  badField: (field: string, value: string, example: string) =>
    value === ""
      ? `\`--${field}\` needs a value, for example \`--${field} ${example}\`.`
      : `\`--${field} ${value}\` can't be read. Write it like \`--${field} ${example}\`.`,
  gone: "This card's time is over. Please ask again.",
  notYourCard: "Only the person who asked can press that.",
  cantWrite: (name: string, place: string) =>
    `I can't write in ${place}, so **${name}** was not scheduled. Invite me there, then ask again.`,
  testing: "Trying it now; you alone will see what comes of it.",
  tested: (seconds: string, tools: string[], cost: string | undefined) =>
    `That is how it would look. It took ${seconds} s, used ${tools.length > 0 ? tools.join(", ") : "no tools"}${cost === undefined ? "" : `, ${cost}`}.`,
  testedSilent: (why: string | undefined) =>
    `It would post nothing now${why ? `: ${why}` : ", as there is nothing new"}.`,
  tried: (tools: string[]) => `Tried before it was made: used ${tools.length > 0 ? tools.join(", ") : "no tools"}.`,
  testFailed: (why: string) => `It failed: ${why}`,
  none: "Nothing is scheduled here.",
  noneCalled: (words: string) => `There is no schedule *${words}* here. See \`/schedule list\`.`,
  whichOne: (words: string) => `Several are called *${words}*. Which one?`,
  whichVerb: (verb: string) => `Which one? \`/schedule ${verb} NAME\` — see \`/schedule list\`.`,
  yours: "Your schedules",
  configured: "*(from config)*",
  line: {
    next: (time: string) => `next ${time}`,
    over: "over",
    off: "switched off",
    pausedBy: (who: string, why: string) => `paused by ${who}${why ? `: “${why}”` : ""}`,
    pausedItself: (why: string) => `paused by me${why ? `: ${why}` : ""}`,
    failing: "it kept failing",
    last: (outcome: string, time: string, link: string | undefined) =>
      `last: ${outcome} ${time}${link ? ` ([link](${link}))` : ""}`,
    running: "running now",
    cost: (sum: string) => `${sum} this month`,
  },
  more: (count: number) => `… and ${count} more. \`/schedule show NAME\` tells of one.`,
  owner: (name: string) => `Owner: ${name}`,
  runNow: "Run now",
  pause: "Pause",
  resume: "Resume",
  delete: "Delete",
  running: (name: string) => `**${name}** is running.`,
  stillGoing: (name: string, time: string) => `**${name}** is still running, since ${time}.`,
  paused: (name: string, why: string) =>
    `**${name}** is paused${why ? `: “${why}”` : ""}. \`/schedule resume\` lets it go on.`,
  alreadyPaused: (name: string) => `**${name}** is paused already.`,
  resumed: (name: string, next: string) => `**${name}** goes on. Next: ${next}.`,
  notPaused: (name: string) => `**${name}** is not paused.`,
  deleteIt: (name: string) => `Delete **${name}** and its history? That can't be undone.`,
  keep: "Keep it",
  deleted: (name: string) => `**${name}** is deleted.`,
  kept: (name: string) => `**${name}** stays.`,
  ranSkipped: (count: number) =>
    count === 0
      ? "There is nothing left of them to run."
      : `Running ${count === 1 ? "the one" : `the ${count}`} that ${count === 1 ? "was" : "were"} skipped, one after another.`,
  moreSlots: (count: number) => `… and ${count} more. \`/schedule history\` lists them.`,
  claimed: (name: string, next: string) => `**${name}** is yours now and goes on. Next: ${next}.`,
  history: (name: string) => `**${name}**, the latest first:`,
  noHistory: (name: string) => `**${name}** has not run yet.`,
  noSuchSlot: (words: string) => `It has no run at *${words}*. \`history\` lists what there was.`,
  exported: (count: number) =>
    `${count === 1 ? "One schedule" : `${count} schedules`}, as they would stand in \`config/schedules.yaml\`.`,
  board: "Schedules here",
  boardMade: "The board is pinned in this channel and kept up to date. `/schedule board off` ends that.",
  boardNotPinned: (why: string) =>
    `The board stands in this channel and is kept up to date, but is not pinned. ${why} You can pin it yourself; \`/schedule board\` tries again.`,
  boardNowhere: "There can be no board here: I can't keep a message in this place.",
  boardNone: "There is no board in this channel. `/schedule board` makes one.",
  boardEnded: "This channel's board is not kept up to date any longer.",
  boardFooter: (time: string) => `as of ${time}`,
  /** One time it was due, and what became of it. */
  slot: {
    outcome: {
      posted: "posted",
      silent: "silent",
      failed: "failed",
      skipped: "skipped",
      missed: "missed",
      "delivery failed": "delivery failed",
    },
    running: "running",
    claimed: (time: string) => `claimed ${time}`,
    ran: (seconds: string) => `ran ${seconds} s`,
    postedAt: (time: string, link: string | undefined) => `posted ${time}${link ? ` ([link](${link}))` : ""}`,
    seen: "seen there",
    late: (time: string) => `late, was due ${time}`,
    byHand: (who: string) => `run by ${who}`,
    used: (tokens: string, cost: string | undefined) => `${tokens} tokens${cost === undefined ? "" : `, ${cost}`}`,
    overlap: (going: string) => `the run of ${going} was still going`,
    date: (day: string) => `${day} is one of the days it does not run`,
    quiet: (until: string) => `quiet hours until ${until}`,
    paused: "it is paused",
    ownerGone: "its owner has no access any more",
    replaced: (by: string) => `given up for the run of ${by}`,
    down: (from: string, to: string) => `I was down ${from}–${to}`,
    because: {
      none: "and it is set to catch up on nothing",
      "too-late": "too long for it to run afterwards",
      "a-later-one": "a later one ran instead",
    },
    ranInstead: (slot: string) => `the one of ${slot} ran instead`,
    interrupted: (tries: number) =>
      tries > 1 ? `I was restarted in the middle of it, ${tries} times` : "I was restarted in the middle of it",
    nothingNew: "nothing new",
  },
  form: {
    title: "Schedule",
    when: "When",
    whenHint: "every weekday 9:00 · mondays 17:30 · every 2 hours",
    zone: "Time zone",
    agent: "Agent",
    what: "What to do",
    options: "Where, and what else",
    optionsHint: "--to #team --quiet-hours 22:00-07:00",
    preview: "Preview",
    soFarNothing: "Once it says when, the next runs are shown.",
  },
  examples: ["every weekday 9:00", "every monday 10:00", "every 2 hours", "tomorrow 9:00"],
  names: {
    digest: "digest",
    digestOf: (channel: string) => `${channel} digest`,
    stretch: (ms: number) => {
      const [count, unit] =
        ms % 3_600_000 === 0
          ? [ms / 3_600_000, "hour"]
          : ms % 60_000 === 0
            ? [ms / 60_000, "minute"]
            : [ms / 1000, "second"];
      return `${count} ${unit}${count === 1 ? "" : "s"}`;
    },
    every: (ms: number) => {
      const [count, unit] =
        ms % 3_600_000 === 0
          ? [ms / 3_600_000, "hour"]
          : ms % 60_000 === 0
            ? [ms / 60_000, "minute"]
            : [ms / 1000, "second"];
      return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
    },
  },
  suggested: (when: string, next: string) => `${when} — next ${next}`,
  /** About what an agent proposes: the first line is for the person, the rest is what its model is told. */
  tool: {
    proposes: (agent: string) => `**${agent}** proposes this. Nothing happens unless you press.`,
    shown: (person: string) =>
      `A card with what will happen was shown to ${person}, in private. It is NOT scheduled yet: they must press Create. Tell them so in a short sentence.`,
    shownChange: (person: string) =>
      `A card with the change was shown to ${person}, in private. Nothing is changed yet: they must press Save. Tell them so in a short sentence.`,
    shownCancel: (person: string) =>
      `${person} was asked in private to confirm. It is NOT deleted yet. Tell them so in a short sentence.`,
    notShown: (person: string) =>
      `${person} could not be shown a card in private, so nothing was done. Tell them to say it themselves with \`/schedule\`.`,
    enough: (most: number) =>
      `${most} cards were shown for this answer already, and no more are. Tell the person to settle those first.`,
    unsure: (said: string, readings: string[]) =>
      `“${said}” can mean ${readings.map((one) => `“${one}”`).join(" or ")}. Nothing was shown yet. Ask the person which one they mean; then call this again with exactly those words as schedule_time.`,
    once: (said: string) =>
      `“${said}” is one time, but repeat is true. If it is to come again and again, say how often in schedule_time, like “every day 9:00”; ask the person if they did not say.`,
    repeated: (said: string) =>
      `“${said}” comes again and again, but repeat is false. For one time give a single one, like “tomorrow 9:00”; ask the person if they did not say.`,
    apart: (said: string) =>
      `“${said}” can't be read as one time. Say all of it in schedule_time, like “every 2 days 9:00” or “every 2 hours between 9:00 and 18:00”; an interval alone counts from the press.`,
    missing: "No time was given. Give schedule_time in the person's own words; ask them if they did not say when.",
    nothing: "Nothing was given that would change.",
    elsewhere: (person: string, count: number) =>
      `${count} more of ${person}'s stand elsewhere and are not told where others read along; \`/schedule list\` shows them to ${person} alone.`,
  },
};
