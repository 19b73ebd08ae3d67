import {
  type Attachment,
  type Channel,
  channelTypes,
  type Interaction,
  type Member,
  type Message,
  type Person,
  type Role,
  type Server,
} from "./entities.ts";
import type { JsonObject } from "./form.ts";
import { everyoneBits, invitedBits } from "./permissions.ts";
import { Violations } from "./violations.ts";

/** Time as the simulator sees it; a test may bring its own. */
export interface Clock {
  now(): number;
  /** Runs `then` after a while; the returned function calls it off. */
  after(ms: number, then: () => void): () => void;
}

/** Something the gateway may have to tell. */
export interface Dispatch {
  name: string;
  data: JsonObject;
  /** The intents of which a session needs one; 0 for events that always come. */
  intent: number;
  channel?: Channel;
}

const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms).unref();
    return () => clearTimeout(timer);
  },
};

const epoch = 1420070400000n;

/** Everything that exists in the simulated Discord, and who wants to hear of its changes. */
export class World {
  readonly clock: Clock;
  readonly violations: Violations;
  readonly random: () => number;
  readonly people = new Map<string, Person>();
  readonly servers = new Map<string, Server>();
  readonly channels = new Map<string, Channel>();
  readonly attachments = new Map<string, Attachment>();
  /** Interactions by their token. */
  readonly interactions = new Map<string, Interaction>();
  /** The last message of the bot under each nonce. */
  readonly nonces = new Map<string | number, Message>();
  readonly bot: Person;
  readonly applicationId: string;
  readonly portal: { messageContent: boolean; members: boolean };
  /** Base address of this simulator, known once it listens. */
  origin = "";
  token: string;
  commands: JsonObject[] = [];
  commandCreates = 0;
  /** The number of the bot's present connection to the gateway: one more after each loss. */
  connection = 1;
  #sequence = 0n;
  readonly #hearers: ((dispatch: Dispatch) => boolean)[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(options: {
    clock?: Clock;
    seed: number;
    portal: { messageContent: boolean; members: boolean };
    botName: string;
    token?: string;
  }) {
    this.clock = options.clock ?? systemClock;
    this.violations = new Violations(() => this.clock.now());
    this.random = seeded(options.seed);
    this.portal = options.portal;
    this.bot = this.addPerson({ name: options.botName, bot: true, locale: "en-US" });
    this.applicationId = this.bot.id;
    this.token = options.token ?? this.newToken();
  }

  newToken(): string {
    return `${Buffer.from(this.bot.id).toString("base64url")}.${this.secret(6)}.${this.secret(38)}`;
  }

  /** A new id, in the order of time. */
  id(): string {
    const at = BigInt(Math.floor(this.clock.now())) - epoch;
    if (at < 0n) throw new Error("Discord's ids begin on 2015-01-01: give the simulator a later clock");
    this.#sequence += 1n;
    return ((at << 22n) + (this.#sequence & 0x3fffffn)).toString();
  }

  secret(length: number): string {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return Array.from({ length }, () => letters[Math.floor(this.random() * letters.length)]).join("");
  }

  addPerson(fields: { name: string; bot: boolean; locale: string; openToDms?: boolean }): Person {
    const person: Person = { openToDms: true, ...fields, id: this.id() };
    this.people.set(person.id, person);
    return person;
  }

  addServer(name: string): Server {
    const owner = this.addPerson({ name: `owner of ${name}`, bot: false, locale: "en-US" });
    const id = this.id();
    const server: Server = {
      id,
      name,
      ownerId: owner.id,
      roles: new Map(),
      members: new Map(),
      commands: [],
      locale: "en-US",
      features: [],
      hasBot: true,
    };
    server.roles.set(id, {
      id,
      name: "@everyone",
      permissions: everyoneBits,
      mentionable: false,
      managed: false,
      position: 0,
    });
    this.servers.set(id, server);
    const role = this.addRole(server, {
      name: this.bot.name,
      permissions: invitedBits,
      mentionable: false,
      managed: true,
    });
    this.join(server, owner);
    this.join(server, this.bot).roles.add(role.id);
    return server;
  }

  addRole(server: Server, fields: Omit<Role, "id" | "position">): Role {
    const role: Role = { ...fields, id: this.id(), position: server.roles.size };
    server.roles.set(role.id, role);
    return role;
  }

  join(server: Server, person: Person): Member {
    const member: Member = { person, roles: new Set(), joinedAt: this.clock.now() };
    server.members.set(person.id, member);
    return member;
  }

  addChannel(fields: Partial<Channel> & { type: number; name: string }): Channel {
    const channel: Channel = {
      id: this.id(),
      topic: null,
      server: undefined,
      parent: undefined,
      position: this.channels.size,
      overwrites: [],
      recipients: [],
      thread: undefined,
      messages: [],
      typing: new Map(),
      ...fields,
    };
    this.channels.set(channel.id, channel);
    return channel;
  }

  /** The direct-message channel between the bot and someone, made on first use. */
  dmWith(person: Person): Channel {
    const known = [...this.channels.values()].find((c) => c.type === channelTypes.dm && c.recipients.includes(person));
    return known ?? this.addChannel({ type: channelTypes.dm, name: "", recipients: [this.bot, person] });
  }

  /** The threads under a channel, oldest first. */
  threadsOf(channel: Channel): Channel[] {
    return [...this.channels.values()].filter((candidate) => candidate.parent === channel);
  }

  /** Tells the gateway; true when the bot hears of it at once. */
  dispatch(dispatch: Dispatch): boolean {
    const heard = this.#hearers.map((hear) => hear(dispatch));
    this.changed();
    return heard.includes(true);
  }

  onDispatch(hear: (dispatch: Dispatch) => boolean): void {
    this.#hearers.push(hear);
  }

  /** Tells whoever waits that something is different now. */
  changed(): void {
    for (const look of [...this.#watchers]) look();
  }

  onChange(look: () => void): () => void {
    this.#watchers.add(look);
    return () => this.#watchers.delete(look);
  }
}

function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
