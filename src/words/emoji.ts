/** Emoji and what people call them: by the first name platforms that go by names know them. */
const called = `
👍 +1 thumbsup|👎 -1 thumbsdown|✅ white_check_mark check|✔ heavy_check_mark|❌ x|👀 eyes|🎉 tada|❤ heart|🙏 pray|🙌 raised_hands
👏 clap|🔥 fire|🚀 rocket|💯 100|⚠ warning|🚨 rotating_light|⏳ hourglass_flowing_sand|⌛ hourglass|🤔 thinking_face thinking
😄 smile|😀 grinning|😂 joy|🙂 slightly_smiling_face|😉 wink|😍 heart_eyes|😢 cry|😭 sob|😅 sweat_smile|😮 open_mouth|😎 sunglasses
🤷 shrug|🤖 robot_face robot|👋 wave|💪 muscle|🤝 handshake|👌 ok_hand|✨ sparkles|⭐ star|💡 bulb|🐛 bug|🔧 wrench
🛠 hammer_and_wrench|📌 pushpin|📝 memo pencil|📎 paperclip|📅 date|📈 chart_with_upwards_trend|📉 chart_with_downwards_trend
🔍 mag|🔒 lock|🔓 unlock|🔴 red_circle|🟢 large_green_circle|🟡 large_yellow_circle|🔵 large_blue_circle|⛔ no_entry
🛑 octagonal_sign|➕ heavy_plus_sign|➖ heavy_minus_sign|❓ question|❗ exclamation|☕ coffee|🍕 pizza|🎂 birthday|🏆 trophy
🎯 dart|💬 speech_balloon|🔔 bell|🔕 no_bell|⏰ alarm_clock|🆗 ok|🆕 new|🏁 checkered_flag|🧪 test_tube|📦 package|🗑 wastebasket
`;

const nameOf = new Map<string, string>();
const byName = new Map<string, string>();
for (const entry of called.trim().split(/[|\n]/)) {
  const [emoji = "", ...names] = entry.split(" ");
  nameOf.set(emoji, names[0] ?? "");
  for (const name of names) byName.set(name, emoji);
}

const one =
  /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)(?:\uFE0F|\u200D|\p{Emoji_Modifier}|\p{Extended_Pictographic})*$/u;

/** The emoji that a text is, or names: `👍`, `:+1:`, `thumbsup`. */
export function emojiIn(text: string): string | undefined {
  const written = text.trim();
  return one.test(written) ? written : byName.get(written.replace(/^:|:$/g, "").toLowerCase());
}

/** What platforms that go by names call an emoji, where that is known. */
export function emojiName(emoji: string): string | undefined {
  return nameOf.get(emoji.replace(/[\uFE0F\p{Emoji_Modifier}]/gu, ""));
}
