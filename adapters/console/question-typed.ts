const opener = /^(?:(?:ask|問)\s+)?(?:[\p{L}\p{N}][\p{L}\p{N}._-]*(?:\s*[:：]\s*|\s+))?(?:use\s|使用|用|\/)/iu;
const calling = /(?:^|\s)[@＠]([\p{L}\p{N}_-]+)[,:，：]?\s+(.*)$/su;

/**
 * The question to the bot that is being written, where it may be one that uses a prompt of a server; only then is it worth
 * asking how it could go on. `heard`: the bot is meant also where it is not called.
 */
export function questionIn(before: string, bot: string, heard: boolean): string | undefined {
  const [, called, more] = calling.exec(before) ?? [];
  const inCommand = /^\/ask\s+(.*)$/isu.exec(before)?.[1];
  const uncalled = heard && !before.startsWith("/") ? before : undefined;
  const question = inCommand ?? (called?.toLowerCase() === bot.toLowerCase() ? more : uncalled);
  return question !== undefined && opener.test(question) ? question : undefined;
}
