import { ModelFailure } from "./model.ts";

/** Listens to a line and hangs up when nothing was heard for too long, or when `outer` says so. */
export class Silence {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #hangUp = (): void => this.#controller.abort(this.#outer.reason);
  readonly #silenceMs: number;
  #timer: NodeJS.Timeout;
  #heard = false;
  #failure: ModelFailure | undefined;

  /** The first byte may take `firstMs`, each further one `silenceMs`. */
  constructor(firstMs: number, silenceMs: number, outer: AbortSignal) {
    this.#silenceMs = silenceMs;
    this.#outer = outer;
    this.#timer = setTimeout(() => this.#tooLong(firstMs), firstMs);
    if (outer.aborted) this.#hangUp();
    else outer.addEventListener("abort", this.#hangUp, { once: true });
  }

  /** For whatever is being waited for. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the line was hung up, when silence was the reason. */
  get failure(): ModelFailure | undefined {
    return this.#failure;
  }

  /** A sign of life. */
  heard(): void {
    if (this.#heard) {
      this.#timer.refresh();
      return;
    }
    this.#heard = true;
    this.shorten(this.#silenceMs);
  }

  /** From here on the line may be silent for `ms`. */
  shorten(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tooLong(ms), ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#hangUp);
  }

  #tooLong(ms: number): void {
    this.#failure = new ModelFailure("passing", `nothing was heard for ${ms / 1000} s`);
    this.#controller.abort(this.#failure);
  }
}
