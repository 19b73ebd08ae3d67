import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  type CallToolResult,
  CallToolResultSchema,
  ErrorCode,
  type JSONRPCMessage,
  McpError,
  type Progress,
  ProgressNotificationSchema,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";

/** A call that was sent. `cancel` tells the server that nobody waits for it any more, and rejects the answer. */
export type Making = { readonly id: RequestId; readonly answer: Promise<CallToolResult>; cancel(why: unknown): void };

/** Calls tools over a session, and says and hears just what the session's client would. */
export type Caller = {
  call(name: string, input: Record<string, unknown>, moved: (progress: Progress) => void): Making;
};

type Waiting = {
  resolve(answer: CallToolResult): void;
  reject(why: unknown): void;
  moved(progress: Progress): void;
};

/** The client counts its own requests from 0. Some servers take no more than 31 bits. */
const firstId = 1_000_000_000;

/**
 * A caller beside the client of a session, over the same transport. Asked by the client a call costs five times as much:
 * a signal to cancel it, a timer of its own, and its answer read by a schema four times. Contract: the client is connected;
 * `answered` hears of each answer, also of one that nobody waits for any more.
 */
export function callerOver(transport: Transport, answered: (id: RequestId) => void): Caller {
  const waiting = new Map<number, Waiting>();
  let last = firstId;
  const [hear, close] = [transport.onmessage, transport.onclose];

  transport.onmessage = (message, extra) => {
    if (!isMine(message)) hear?.(message, extra);
  };
  transport.onclose = () => {
    close?.();
    for (const id of [...waiting.keys()]) fail(id, McpError.fromError(ErrorCode.ConnectionClosed, "Connection closed"));
  };

  function isMine(message: JSONRPCMessage): boolean {
    if ("method" in message) return message.method === "notifications/progress" && hasMoved(message);
    if (message.id === undefined) return false;
    answered(message.id);
    // Servers that give numbers back as texts are understood, as by the client.
    const id = Number(message.id);
    const call = waiting.get(id);
    if (!call) return false;
    if ("error" in message) {
      const { code, message: said, data } = message.error;
      fail(id, McpError.fromError(code, said, data));
      return true;
    }
    const { error, data } = CallToolResultSchema.safeParse(message.result);
    if (error) fail(id, error);
    else {
      waiting.delete(id);
      call.resolve(data);
    }
    return true;
  }

  function hasMoved(message: JSONRPCMessage): boolean {
    const { data } = ProgressNotificationSchema.safeParse(message);
    const call = data && waiting.get(Number(data.params.progressToken));
    if (!call) return false;
    call.moved(data.params);
    return true;
  }

  function fail(id: number, why: unknown): void {
    const call = waiting.get(id);
    waiting.delete(id);
    call?.reject(why);
  }

  function cancel(id: number, why: unknown): void {
    if (!waiting.has(id)) return;
    const params = { requestId: id, reason: String(why) };
    const message: JSONRPCMessage = { jsonrpc: "2.0", method: "notifications/cancelled", params };
    transport.send(message).catch((error) => transport.onerror?.(error));
    fail(id, why instanceof McpError ? why : new McpError(ErrorCode.RequestTimeout, String(why)));
  }

  return {
    call(name, input, moved) {
      const id = ++last;
      const answer = new Promise<CallToolResult>((resolve, reject) => waiting.set(id, { resolve, reject, moved }));
      const params = { name, arguments: input, _meta: { progressToken: id } };
      transport.send({ jsonrpc: "2.0", id, method: "tools/call", params }).catch((error) => fail(id, error));
      return { id, answer, cancel: (why) => cancel(id, why) };
    },
  };
}
