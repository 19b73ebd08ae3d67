/**
 * Messages on their way to another thread: those of one turn of the loop cross together, in their order. Each crossing
 * costs more than many messages.
 */
export class Mail<Message> {
  readonly #post: (messages: Message[]) => void;
  #messages: Message[] = [];
  #due: NodeJS.Immediate | undefined;

  constructor(post: (messages: Message[]) => void) {
    this.#post = post;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#due ??= setImmediate(() => this.flush());
  }

  /** Sends what there is, now. */
  flush(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    if (this.#messages.length > 0) this.#post(this.#messages.splice(0));
  }

  /** Forgets what was not sent: nobody is there to hear it. */
  drop(): void {
    clearImmediate(this.#due);
    this.#due = undefined;
    this.#messages = [];
  }
}
