import type { RawData, WebSocket } from "ws";
import { Form, isObject, type Json } from "./form.ts";
import type { GatewaySessions, NumberedEvent, Session } from "./gateway-sessions.ts";
import { intents, knownIntents } from "./intents.ts";
import { may, permissionsIn } from "./permissions.ts";
import { applicationFlags } from "./rest/places.ts";
import type { Violations } from "./violations.ts";
import { iso, wireChannel, wireMember, wireSelf, wireServer } from "./wire.ts";
import type { Server, World } from "./world.ts";

/** What all connections share. */
export interface SharedState {
  deaf: boolean;
  refusing: boolean;
  identifyTimes: number[];
  resumes: number;
  presence: unknown;
}

interface Parts {
  world: World;
  violations: Violations;
  heartbeatMs: number;
  limits: boolean;
  socket: WebSocket;
  sessions: GatewaySessions;
  state: SharedState;
}

const payloadsPerMinute = 120;
const payloadBytes = 4096;
const identifiesPerDay = 1000;

/** One socket from its HELLO to its close. */
export class GatewayConnection {
  readonly #parts: Parts;
  #session: Session | undefined;
  #payloads: number[] = [];
  #stopWatching: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** True once READY or RESUMED was sent and the socket is open. */
  get ready(): boolean {
    return this.#session !== undefined && this.#parts.socket.readyState === 1;
  }

  begin(query: URLSearchParams): void {
    const { socket, heartbeatMs } = this.#parts;
    socket.on("message", (data) => this.#hear(data));
    socket.on("error", () => this.cut());
    socket.on("close", (code) => this.#closed(code));
    if (query.get("v") !== "10") return this.close(4012, "Invalid API version");
    if (query.get("encoding") !== "json" || query.has("compress"))
      return this.close(4002, "only plain JSON is simulated");
    this.send(10, { heartbeat_interval: heartbeatMs, _trace: [] });
    this.#expectHeartbeat();
  }

  send(op: number, d: Json): void {
    this.#write({ op, d, s: null, t: null });
  }

  close(code: number, reason: string): void {
    this.#detach(code >= 4000 && code !== 4000 && code !== 4008 && code !== 4009);
    this.#parts.socket.close(code, reason);
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#detach(false);
    this.#parts.socket.terminate();
  }

  #write(payload: Json): void {
    if (this.#parts.socket.readyState === 1) this.#parts.socket.send(JSON.stringify(payload));
  }

  #closed(code: number): void {
    // A client that says goodbye (1000, 1001) ends its session; any other loss leaves it to be resumed.
    this.#detach(code === 1000 || code === 1001);
  }

  #detach(forget: boolean): void {
    this.#stopWatching();
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    session.deliver = undefined;
    if (forget) this.#parts.sessions.forget(session);
  }

  #expectHeartbeat(): void {
    this.#stopWatching();
    this.#stopWatching = this.#parts.world.clock.after(this.#parts.heartbeatMs * 2, () => {
      this.#parts.violations.add("heartbeat missed", "no heartbeat for two intervals");
      this.close(4009, "Session timed out");
    });
  }

  #offend(code: number, reason: string): void {
    this.#parts.violations.add(`gateway close ${code}`, reason);
    this.close(code, reason);
  }

  #hear(data: RawData): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.toString());
    if (bytes.length > payloadBytes) return this.#offend(4002, "Payload is over 4096 bytes");
    const now = this.#parts.world.clock.now();
    this.#payloads = [...this.#payloads.filter((at) => at > now - 60_000), now];
    if (this.#parts.limits && this.#payloads.length > payloadsPerMinute) return this.#offend(4008, "Rate limited");
    let payload: unknown;
    try {
      payload = JSON.parse(bytes.toString("utf8"));
    } catch {
      return this.#offend(4002, "Error while decoding payload");
    }
    if (!isObject(payload)) return this.#offend(4002, "Error while decoding payload");
    this.#take(Number(payload.op), new Form(payload.d), payload.d ?? null);
    this.#parts.world.changed();
  }

  #take(op: number, form: Form, d: Json): void {
    if (op === 1) return this.#heartbeat(d);
    if (op === 2) return this.#identify(form);
    if (op === 6) return this.#resume(form);
    if (![3, 4, 8, 31].includes(op)) return this.#offend(4001, `Unknown opcode ${op}`);
    if (!this.#session) return this.#offend(4003, "Not authenticated");
    if (op === 3) this.#parts.state.presence = d;
    if (op === 8) this.#members(form, this.#session);
    if (op === 4 || op === 31) this.#parts.violations.add("not simulated", `gateway op ${op}`);
  }

  #heartbeat(seq: Json): void {
    if (this.#session && typeof seq === "number" && seq > this.#session.seq) return this.#offend(4007, "Invalid seq");
    this.#expectHeartbeat();
    if (!this.#parts.state.deaf) this.send(11, null);
  }

  #identify(form: Form): void {
    const { world, state, sessions, limits } = this.#parts;
    const now = world.clock.now();
    if (this.#session) return this.#offend(4005, "Already authenticated");
    if (form.raw("token") !== world.token) return this.close(4004, "Authentication failed");
    const wanted = form.raw("intents");
    if (typeof wanted !== "number" || !Number.isInteger(wanted) || (wanted & ~knownIntents) !== 0)
      return this.#offend(4013, "Invalid intent(s)");
    const { portal } = world;
    const refused =
      (portal.messageContent ? 0 : intents.messageContent) |
      (portal.members ? 0 : intents.guildMembers) |
      intents.guildPresences;
    if (wanted & refused) return this.close(4014, "Disallowed intent(s)");
    const properties = form.raw("properties");
    if (!isObject(properties) || typeof properties.os !== "string") return this.#offend(4002, "properties are missing");
    const shard = form.raw("shard");
    if (shard !== undefined && JSON.stringify(shard) !== "[0,1]") return this.#offend(4010, "Invalid shard");
    const last = state.identifyTimes.at(-1);
    if (limits && last !== undefined && now - last < 5000) {
      this.#parts.violations.add("identify rate", `identified again after ${now - last} ms: once in 5 s is allowed`);
      return this.send(9, false);
    }
    state.identifyTimes.push(now);
    if (state.identifyTimes.filter((at) => at > now - 86_400_000).length > identifiesPerDay) {
      world.token = world.secret(60);
      return this.#offend(4004, "More than 1,000 IDENTIFYs in a day: the token was reset");
    }
    this.#greet(sessions.open(wanted));
  }

  #greet(session: Session): void {
    const { world, sessions } = this.#parts;
    this.#adopt(session);
    const mine = [...world.servers.values()].filter((server) => server.hasBot);
    sessions.send(session, "READY", {
      v: 10,
      user: wireSelf(world),
      guilds: mine.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      session_type: "normal",
      resume_gateway_url: world.origin.replace(/^http/, "ws"),
      shard: [0, 1],
      private_channels: [],
      relationships: [],
      presences: [],
      user_settings: {},
      geo_ordered_rtc_regions: [],
      application: { id: world.applicationId, flags: applicationFlags(world.portal) },
    });
    if (session.intents & intents.guilds)
      for (const server of mine) sessions.send(session, "GUILD_CREATE", this.#server(server));
  }

  #adopt(session: Session): void {
    this.#session = session;
    session.deliver = ({ s, t, d }: NumberedEvent) => this.#write({ op: 0, s, t, d });
  }

  #server(server: Server): { [key: string]: Json } {
    const { world } = this.#parts;
    const { bot } = world;
    const seen = [...world.channels.values()].filter(
      (channel) => channel.server === server && permissionsIn(bot, channel) !== 0n && may(bot, channel, "ViewChannel"),
    );
    const self = server.members.get(bot.id);
    return {
      ...wireServer(server),
      joined_at: iso(self?.joinedAt ?? world.clock.now()),
      large: false,
      member_count: server.members.size,
      members: self ? [wireMember(self)] : [],
      channels: seen.filter(({ thread }) => !thread).map((channel) => wireChannel(channel, world)),
      threads: seen.filter(({ thread }) => thread && !thread.archived).map((channel) => wireChannel(channel, world)),
      voice_states: [],
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
      unavailable: false,
    };
  }

  #resume(form: Form): void {
    const { world, sessions, state } = this.#parts;
    if (form.raw("token") !== world.token) return this.close(4004, "Authentication failed");
    const session = sessions.find(String(form.raw("session_id")));
    const seq = form.raw("seq");
    if (!session || typeof seq !== "number") return this.send(9, false);
    if (seq > session.seq) return this.#offend(4007, "Invalid seq");
    const oldest = session.sent[0]?.s ?? 1;
    if (seq + 1 < oldest) return this.send(9, false);
    state.resumes += 1;
    this.#adopt(session);
    for (const event of session.sent.filter(({ s }) => s > seq)) session.deliver?.(event);
    sessions.send(session, "RESUMED", { _trace: [] });
  }

  #members(form: Form, session: Session): void {
    const { world, sessions } = this.#parts;
    const server = world.servers.get(String(form.raw("guild_id")));
    if (!server) return;
    const query = form.raw("query");
    const ids = [form.raw("user_ids")].flat().map(String);
    if (query === "" && !(session.intents & intents.guildMembers))
      return this.#offend(4014, "all members need the members intent");
    const found = [...server.members.values()].filter(({ person }) =>
      typeof query === "string" ? person.name.toLowerCase().startsWith(query.toLowerCase()) : ids.includes(person.id),
    );
    const nonce = form.raw("nonce");
    sessions.send(session, "GUILD_MEMBERS_CHUNK", {
      guild_id: server.id,
      members: found.map(wireMember),
      chunk_index: 0,
      chunk_count: 1,
      ...(typeof nonce === "string" ? { nonce } : {}),
    });
  }
}
