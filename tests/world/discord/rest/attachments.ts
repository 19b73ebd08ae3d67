import type { ServerResponse } from "node:http";
import { signature } from "../wire-message.ts";
import type { World } from "../world.ts";

/** Serves an uploaded file, as the CDN does: to whoever has an address that is signed and has not expired. */
export function serveAttachment(world: World, url: URL, response: ServerResponse): void {
  const [, , , id = ""] = url.pathname.split("/");
  const attachment = world.attachments.get(id);
  const expires = url.searchParams.get("ex") ?? "";
  const good =
    url.searchParams.get("hm") === signature(world, id, expires) &&
    Number.parseInt(expires, 16) * 1000 > world.clock.now();
  if (!attachment || !good) {
    response.writeHead(404, { "content-type": "text/plain" }).end("This content is no longer available.");
    return;
  }
  response
    .writeHead(200, { "content-type": attachment.contentType, "content-length": attachment.bytes.length })
    .end(attachment.bytes);
}
