import { randomUUID } from "node:crypto";
import { type Address, DeliveryError, type Form, type Language, type PersonId, type Prompt } from "../../src/chat.ts";
import type { ConsoleStore } from "./keeping.ts";
import type { Content, OpenForm, You } from "./wire.ts";

/** How long after a press or a shortcut a form may be opened; other platforms allow no longer. */
const openWithinMs = 3_000;

type Waiting = OpenForm & { address: Address };

/** What concerns one person alone: their language, the bot's page as they see it, ways to begin, the form before them. */
export class AboutPeople {
  readonly #store: ConsoleStore;
  readonly #now: () => number;
  readonly #languages = new Map<PersonId, Language>();
  readonly #homes = new Map<PersonId, Content>();
  readonly #prompts = new Map<PersonId, Prompt[]>();
  readonly #forms = new Map<PersonId, Waiting>();
  readonly #tickets = new Map<string, { person: PersonId; address: Address; at: number }>();
  readonly #listeners = new Set<(person: PersonId) => void>();

  constructor(store: ConsoleStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Takes back which languages were chosen; pages are drawn anew when they are looked at. */
  async load(): Promise<void> {
    const kept = (await this.#store.get<[PersonId, Language][]>("languages")) ?? [];
    for (const [person, language] of kept) this.#languages.set(person, language);
  }

  /** All of it, as it is now. */
  of(person: PersonId): You {
    const language = this.#languages.get(person);
    const home = this.#homes.get(person);
    const waiting = this.#forms.get(person);
    return {
      ...(language && { language }),
      ...(home && { home }),
      prompts: this.#prompts.get(person) ?? [],
      ...(waiting && { form: { id: waiting.id, form: waiting.form } }),
    };
  }

  language(person: PersonId): Language | undefined {
    return this.#languages.get(person);
  }

  async choose(person: PersonId, language: Language): Promise<void> {
    const languages = new Map(this.#languages).set(person, language);
    await this.#store.set("languages", [...languages]);
    this.#languages.set(person, language);
    this.#tell(person);
  }

  drawHome(person: PersonId, page: Content): void {
    this.#homes.set(person, page);
    this.#tell(person);
  }

  offer(person: PersonId, prompts: Prompt[]): void {
    this.#prompts.set(person, prompts);
    this.#tell(person);
  }

  /** Gives a person's press or shortcut what a form can be opened with, once and soon. */
  ticket(person: PersonId, address: Address): string {
    const at = this.#now();
    for (const [old, ticket] of this.#tickets) if (at - ticket.at > openWithinMs) this.#tickets.delete(old);
    const via = randomUUID();
    this.#tickets.set(via, { person, address, at });
    return via;
  }

  /** Puts a form before the person whose ticket it is, in place of the one that is there. */
  open(person: PersonId, via: string | undefined, form: Form): void {
    const ticket = this.#tickets.get(via ?? "");
    if (!ticket || ticket.person !== person || this.#now() - ticket.at > openWithinMs)
      throw new DeliveryError("A form can be opened only once, within three seconds of the press that wants it.", {
        final: true,
      });
    this.#tickets.delete(via ?? "");
    this.#forms.set(person, { id: randomUUID(), form, address: ticket.address });
    this.#tell(person);
  }

  /** The form before a person, if it is this one. */
  form(person: PersonId, id: string): Waiting | undefined {
    const waiting = this.#forms.get(person);
    return waiting?.id === id ? waiting : undefined;
  }

  close(person: PersonId, id: string): void {
    if (!this.form(person, id)) return;
    this.#forms.delete(person);
    this.#tell(person);
  }

  /** Hears whom something changed for, until the returned function is called. */
  listen(listener: (person: PersonId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(person: PersonId): void {
    for (const listener of this.#listeners) listener(person);
  }
}
