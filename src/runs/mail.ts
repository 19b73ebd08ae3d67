const unhurriedMs = 10;

/**
 * Messages on their way to another thread: those of one turn of the loop cross together, in their order. Each crossing
 * costs more than many messages.
 */
export class Mail<Message> {
  readonly #post: (messages: Message[]) => void;
  #messages: Message[] = [];
  #due: NodeJS.Immediate | undefined;
  #late: NodeJS.Timeout | undefined;

  constructor(post: (messages: Message[]) => void) {
    this.#post = post;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#due ??= setImmediate(() => this.flush());
  }

  /** For what nobody can go on with alone: it crosses with what comes next, or a little later by itself. */
  addUnhurried(message: Message): void {
    this.#messages.push(message);
    this.#late ??= setTimeout(() => this.flush(), unhurriedMs);
  }

  /** Sends what there is, now. */
  flush(): void {
    this.#unplan();
    if (this.#messages.length > 0) this.#post(this.#messages.splice(0));
  }

  /** Forgets what was not sent: nobody is there to hear it. */
  drop(): void {
    this.#unplan();
    this.#messages = [];
  }

  #unplan(): void {
    clearImmediate(this.#due);
    clearTimeout(this.#late);
    [this.#due, this.#late] = [undefined, undefined];
  }
}
