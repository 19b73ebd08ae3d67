import type { RawData, WebSocket } from "ws";
import { Form, isObject, type Json } from "./form.ts";
import { readyPayload, serverPayload } from "./gateway-greeting.ts";
import type { GatewaySessions, Session } from "./gateway-sessions.ts";
import { intents, knownIntents } from "./intents.ts";
import type { Violations } from "./violations.ts";
import { wireMember } from "./wire.ts";
import type { World } from "./world.ts";

/** What all connections share. */
export interface SharedState {
  deaf: boolean;
  refusing: boolean;
  identifyTimes: number[];
  /** When an IDENTIFY was last turned down for coming too soon. */
  turnedDownAt: number | undefined;
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
const identifyEvery = 5000;
/** Short intervals are for tests of dead connections; a busy machine must not fail them. */
const shortestPatience = 2000;

/** How many times a day a bot may identify before Discord resets its token. */
export const identifiesPerDay = 1000;

/** Thrown while a payload is read to end the connection; an offence is the client's fault, not its owner's. */
class Goodbye extends Error {
  readonly code: number;
  readonly offence: boolean;

  constructor(code: number, reason: string, { offence = true } = {}) {
    super(reason);
    this.code = code;
    this.offence = offence;
  }
}

/** One socket from its HELLO to its close. */
export class GatewayConnection {
  readonly #parts: Parts;
  #session: Session | undefined;
  #payloads: number[] = [];
  #patience: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** True once READY or RESUMED was sent and while the socket is open. */
  get ready(): boolean {
    return this.#session !== undefined && this.#parts.socket.readyState === 1;
  }

  begin(query: URLSearchParams): void {
    const { socket, heartbeatMs } = this.#parts;
    socket.on("error", () => this.cut());
    // A client that says goodbye (1000, 1001) ends its session; any other loss leaves it to be resumed.
    socket.on("close", (code) => this.#detach(code === 1000 || code === 1001));
    if (query.get("v") !== "10") this.close(4012, "Invalid API version");
    else if (query.get("encoding") !== "json" || query.has("compress"))
      this.close(4002, "only plain JSON is simulated");
    else {
      socket.on("message", (data) => this.#hear(data));
      this.send(10, { heartbeat_interval: heartbeatMs, _trace: [] });
      this.#expectHeartbeat();
    }
  }

  send(op: number, d: Json): void {
    this.#write({ op, d, s: null, t: null });
  }

  close(code: number, reason: string): void {
    this.#detach(code >= 4001 && ![4007, 4008, 4009].includes(code));
    this.#parts.socket.close(code, reason);
  }

  /** Tells that the session is invalid; the socket stays open, for a RESUME or a new IDENTIFY. */
  invalidate(resumable: boolean): void {
    this.#detach(!resumable);
    this.#expectHeartbeat();
    this.send(9, resumable);
  }

  /** Ends the connection without a word. */
  cut(): void {
    this.#detach(false);
    this.#parts.socket.terminate();
  }

  #write(payload: Json): void {
    if (this.#parts.socket.readyState === 1) this.#parts.socket.send(JSON.stringify(payload));
  }

  #detach(forget: boolean): void {
    clearTimeout(this.#patience);
    const session = this.#session;
    this.#session = undefined;
    if (!session) return;
    this.#parts.world.connection += 1;
    session.deliver = undefined;
    if (forget) this.#parts.sessions.forget(session);
  }

  #expectHeartbeat(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(
      () => {
        this.#parts.violations.add("heartbeat missed", "no heartbeat for two intervals");
        this.close(4009, "Session timed out");
      },
      Math.max(this.#parts.heartbeatMs * 2, shortestPatience),
    );
  }

  #hear(data: RawData): void {
    try {
      const { op, d } = this.#read(data);
      this.#take(op, new Form(d), d);
    } catch (error) {
      if (!(error instanceof Goodbye)) throw error;
      if (error.offence) this.#parts.violations.add(`gateway close ${error.code}`, error.message);
      this.close(error.code, error.message);
    }
    this.#parts.world.changed();
  }

  #read(data: RawData): { op: number; d: Json } {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.toString());
    if (bytes.length > payloadBytes) throw new Goodbye(4002, "Payload is over 4096 bytes");
    const now = this.#parts.world.clock.now();
    this.#payloads = [...this.#payloads.filter((at) => at > now - 60_000), now];
    if (this.#parts.limits && this.#payloads.length > payloadsPerMinute) throw new Goodbye(4008, "Rate limited");
    let payload: Json;
    try {
      payload = JSON.parse(bytes.toString("utf8"));
    } catch {
      throw new Goodbye(4002, "Error while decoding payload");
    }
    if (!isObject(payload)) throw new Goodbye(4002, "Error while decoding payload");
    return { op: Number(payload.op), d: payload.d ?? null };
  }

  #take(op: number, form: Form, d: Json): void {
    if (op === 1) this.#heartbeat(d);
    else if (op === 2) this.#identify(form);
    else if (op === 6) this.#resume(form);
    else if (![3, 4, 8, 31].includes(op)) throw new Goodbye(4001, `Unknown opcode ${op}`);
    else if (!this.#session) throw new Goodbye(4003, "Not authenticated");
    else if (op === 3) this.#parts.state.presence = d;
    else if (op === 8) this.#members(form, this.#session);
    else this.#parts.violations.add("not simulated", `gateway op ${op}`);
  }

  #heartbeat(seq: Json): void {
    if (this.#session && typeof seq === "number" && seq > this.#session.seq) throw new Goodbye(4007, "Invalid seq");
    this.#expectHeartbeat();
    if (!this.#parts.state.deaf) this.send(11, null);
  }

  #identify(form: Form): void {
    const { sessions } = this.#parts;
    this.#authenticate(form);
    const wanted = this.#grantedIntents(form);
    if (!isObject(form.raw("properties"))) throw new Goodbye(4002, "properties are missing");
    const shard = form.raw("shard");
    if (shard !== undefined && JSON.stringify(shard) !== "[0,1]") throw new Goodbye(4010, "Invalid shard");
    if (!this.#countIdentify()) return;
    const session = sessions.open(wanted);
    this.#adopt(session);
    const { world } = this.#parts;
    sessions.send(session, "READY", readyPayload(world, session));
    if (!(wanted & intents.guilds)) return;
    for (const server of world.servers.values())
      if (server.hasBot) sessions.send(session, "GUILD_CREATE", serverPayload(world, server));
  }

  #authenticate(form: Form): void {
    if (this.#session) throw new Goodbye(4005, "Already authenticated");
    if (form.raw("token") !== this.#parts.world.token)
      throw new Goodbye(4004, "Authentication failed", { offence: false });
  }

  #grantedIntents(form: Form): number {
    const wanted = form.raw("intents");
    if (typeof wanted !== "number" || !Number.isInteger(wanted) || (wanted & ~knownIntents) !== 0)
      throw new Goodbye(4013, "Invalid intent(s)");
    const { portal } = this.#parts.world;
    const refused =
      (portal.messageContent ? 0 : intents.messageContent) |
      (portal.members ? 0 : intents.guildMembers) |
      intents.guildPresences;
    if (wanted & refused) throw new Goodbye(4014, "Disallowed intent(s)", { offence: false });
    return wanted;
  }

  /** Counts an IDENTIFY; false when it came within five seconds of another and was answered with op 9. */
  #countIdentify(): boolean {
    const { world, state, limits, violations } = this.#parts;
    const now = world.clock.now();
    const last = state.identifyTimes.at(-1);
    if (limits && last !== undefined && now - last < identifyEvery) {
      // The first is forgiven: a process that was just restarted cannot know of it.
      if (state.turnedDownAt !== undefined && now - state.turnedDownAt < identifyEvery)
        violations.add("identify rate", `identified again ${now - state.turnedDownAt} ms after being turned down`);
      state.turnedDownAt = now;
      this.send(9, false);
      return false;
    }
    state.identifyTimes.push(now);
    if (state.identifyTimes.filter((at) => at > now - 86_400_000).length <= identifiesPerDay) return true;
    world.token = world.newToken();
    throw new Goodbye(4004, "More than 1,000 IDENTIFYs in a day: the token was reset");
  }

  #adopt(session: Session): void {
    this.#session = session;
    session.deliver = ({ s, t, d }) => this.#write({ op: 0, s, t, d });
  }

  #resume(form: Form): void {
    const { sessions, state } = this.#parts;
    this.#authenticate(form);
    const session = sessions.find(String(form.raw("session_id")));
    const seq = form.raw("seq");
    if (session && typeof seq === "number" && seq > session.seq) throw new Goodbye(4007, "Invalid seq");
    const replay = session && typeof seq === "number" ? sessions.since(session, seq) : undefined;
    if (!session || !replay) {
      this.send(9, false);
      return;
    }
    state.resumes += 1;
    this.#adopt(session);
    for (const event of replay) session.deliver?.(event);
    sessions.send(session, "RESUMED", { _trace: [] });
  }

  #members(form: Form, session: Session): void {
    const { world, sessions } = this.#parts;
    const server = world.servers.get(String(form.raw("guild_id")));
    if (!server) return;
    const query = form.raw("query");
    const ids = [form.raw("user_ids")].flat().map(String);
    if (query === "" && !(session.intents & intents.guildMembers))
      throw new Goodbye(4014, "all members need the members intent");
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
