/** How long the bot may take before Discord is told that it heard; Discord waits three seconds. */
const patience = 2_000;

/** What can be said first to an interaction: once, and by whoever comes first. */
export type FirstAnswer = {
  /** The bot has something else to say than a form: Discord need not wait. */
  hurry(): void;
  /** Makes a form the first answer; undefined when it is too late for that. Rejects when Discord does not take it. */
  form(modal: unknown): Promise<void> | undefined;
};

/**
 * Leaves the first answer to an interaction to the bot for a while, since a form can be nothing but the first. `done`
 * resolves with whether Discord has an answer, once `journalled` and once a form or else `acknowledge` was sent.
 */
export function leaveFirstAnswer(options: {
  journalled: Promise<boolean>;
  open(modal: unknown): Promise<void>;
  acknowledge(): Promise<boolean>;
}): FirstAnswer & { done: Promise<boolean> } {
  let opening: Promise<void> | undefined;
  let acknowledging = false;
  let hurry = () => {};
  const decided = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patience).unref();
    hurry = () => {
      clearTimeout(timer);
      resolve();
    };
  });

  async function answer(): Promise<boolean> {
    if (!(await options.journalled)) return false;
    await decided;
    const opened = await opening?.then(
      () => true,
      () => false,
    );
    if (opened) return true;
    acknowledging = true;
    return options.acknowledge();
  }

  return {
    done: answer(),
    hurry,
    form(modal) {
      if (acknowledging || opening) return undefined;
      opening = options.open(modal);
      hurry();
      return opening;
    },
  };
}
