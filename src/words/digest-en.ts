/** What digests are made of, in English. */
export const digestInEnglish = {
  head(about: {
    sources: string[];
    since: string;
    messages: number;
    people: number;
    fresh: number;
    open: number;
    resolved: number;
  }) {
    const { sources, since, messages, people, fresh, open, resolved } = about;
    const counts = [
      ...(fresh > 0 ? [`${fresh} new`] : []),
      ...(open > 0 ? [`${open} still open`] : []),
      ...(resolved > 0 ? [`${resolved} resolved`] : []),
    ];
    const said = `${messages} ${messages === 1 ? "message" : "messages"}, ${people} ${people === 1 ? "person" : "people"}`;
    return `**${sources.join(", ")} since ${since}** — ${[said, ...counts].join(" · ")}`;
  },
  fresh: "New",
  open: "Still open",
  resolved: "Resolved",
  since: (day: string) => `(since ${day})`,
  comma: ", ",
  link: "link",
  bracketed: (parts: string[]) => ` (${parts.join(", ")})`,
  moreOpen: (items: number) => `… and ${items} more still open.`,
  read: (read: number, of: number) =>
    `I read ${read.toLocaleString("en")} of ${of.toLocaleString("en")} messages: where threads begin and end, questions, the newest.`,
  cut: "More was said than I can read at once; the oldest of it is left out.",
  unread: (source: string) => `I could not read ${source}.`,
  unreadable: (sources: string[], why: string) => `I could not read ${sources.join(", ")}: ${why}`,
  snooze: (item: number) => `Snooze ${item}`,
  mute: (item: number) => `Mute ${item}`,
  heartbeat: (sources: string[], since: string) => `Still watching ${sources.join(", ")}: nothing new since ${since}.`,
  weekly: "Make it weekly",
  stop: "Stop",
};
