import type { JsonObject } from "./form.ts";
import { everyoneBits, invitedBits } from "./permissions.ts";

/** Time as the simulator sees it; a test may bring its own. */
export interface Clock {
  now(): number;
  /** Runs `then` after a while; the returned function calls it off. */
  after(ms: number, then: () => void): () => void;
}

export interface Person {
  id: string;
  name: string;
  bot: boolean;
  locale: string;
  /** False when this person takes no direct messages. */
  openToDms: boolean;
}

export interface Role {
  id: string;
  name: string;
  permissions: bigint;
  mentionable: boolean;
  managed: boolean;
  position: number;
}

export interface Member {
  person: Person;
  roles: Set<string>;
  joinedAt: number;
}

export interface Server {
  id: string;
  name: string;
  ownerId: string;
  roles: Map<string, Role>;
  members: Map<string, Member>;
  commands: JsonObject[];
  /** False once the bot was kicked. */
  hasBot: boolean;
}

export interface Overwrite {
  id: string;
  /** 0 a role, 1 a member. */
  type: 0 | 1;
  allow: bigint;
  deny: bigint;
}

export interface ThreadState {
  isPrivate: boolean;
  archived: boolean;
  locked: boolean;
  archiveMinutes: number;
  archivedAt: number;
  ownerId: string;
  members: Map<string, number>;
  tags: string[];
}

/** Discord's numbers for the channels simulated here. */
export const channelTypes = {
  text: 0,
  dm: 1,
  announcement: 5,
  announcementThread: 10,
  publicThread: 11,
  privateThread: 12,
  forum: 15,
} as const;

export interface Channel {
  id: string;
  type: number;
  name: string;
  topic: string | null;
  server: Server | undefined;
  parent: Channel | undefined;
  position: number;
  overwrites: Overwrite[];
  recipients: Person[];
  thread: ThreadState | undefined;
  messages: Message[];
  typing: Map<string, number>;
}

export interface Attachment {
  id: string;
  filename: string;
  contentType: string;
  description: string | undefined;
  bytes: Buffer;
  channelId: string;
}

/** Who a message would notify. */
export interface Pings {
  everyone: boolean;
  users: string[];
  roles: string[];
}

export interface Message {
  id: string;
  type: number;
  channel: Channel;
  author: Person;
  content: string;
  createdAt: number;
  editedAt: number | null;
  flags: number;
  tts: boolean;
  embeds: JsonObject[];
  components: JsonObject[];
  attachments: Attachment[];
  pings: Pings;
  reactions: Map<string, string[]>;
  pinned: boolean;
  repliesTo: { id: string; channel: Channel } | undefined;
  nonce: string | number | undefined;
  interaction: Interaction | undefined;
  ephemeralFor: Person | undefined;
  startedThread: Channel | undefined;
  /** Every text this message ever had, oldest first. */
  history: string[];
}

export interface Interaction {
  id: string;
  token: string;
  kind: "command" | "autocomplete" | "component" | "modal";
  person: Person;
  channel: Channel;
  createdAt: number;
  /** The name of the command, or the custom id. */
  about: string;
  /** The number of the response type that acknowledged it. */
  answeredWith: number | undefined;
  answeredAt: number | undefined;
  /** The message whose component was used. */
  source: Message | undefined;
  /** The deferred or sent first response. */
  original: Message | undefined;
  deferred: boolean;
  followups: Message[];
  choices: JsonObject[] | undefined;
  modal: JsonObject | undefined;
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
    const timer = setTimeout(then, ms);
    return () => clearTimeout(timer);
  },
};

const epoch = 1420070400000n;

/** Everything that exists in the simulated Discord, and who wants to hear of its changes. */
export class World {
  readonly clock: Clock;
  readonly random: () => number;
  readonly people = new Map<string, Person>();
  readonly servers = new Map<string, Server>();
  readonly channels = new Map<string, Channel>();
  readonly attachments = new Map<string, Attachment>();
  readonly interactions = new Map<string, Interaction>();
  readonly bot: Person;
  readonly applicationId: string;
  readonly portal: { messageContent: boolean; members: boolean };
  /** Base address of this simulator, known once it listens. */
  origin = "";
  token: string;
  commands: JsonObject[] = [];
  commandCreates = 0;
  #sequence = 0n;
  readonly #hearers: ((dispatch: Dispatch) => void)[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(options: {
    clock?: Clock;
    seed: number;
    portal: { messageContent: boolean; members: boolean };
    botName: string;
  }) {
    this.clock = options.clock ?? systemClock;
    this.random = seeded(options.seed);
    this.portal = options.portal;
    this.bot = this.addPerson({ name: options.botName, bot: true, locale: "en-US" });
    this.applicationId = this.bot.id;
    this.token = `${Buffer.from(this.bot.id).toString("base64url")}.${this.secret(6)}.${this.secret(38)}`;
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

  dispatch(dispatch: Dispatch): void {
    for (const hear of this.#hearers) hear(dispatch);
    this.changed();
  }

  onDispatch(hear: (dispatch: Dispatch) => void): void {
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
