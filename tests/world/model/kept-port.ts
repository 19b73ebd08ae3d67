import { once } from "node:events";
import { connect, createServer } from "node:net";

const host = "127.0.0.1";

/**
 * Keeps a port, which `leave` gives up at once, from all others: whoever calls there is refused, and nobody else is given it.
 * What comes back lets go of it; before that one may listen there again.
 */
export async function keepPort(port: number, leave: () => void): Promise<() => void> {
  // A port is taken by a connection from it, and that must lead somewhere.
  const somewhere = createServer().listen(0, host);
  await once(somewhere, "listening");
  const address = somewhere.address();
  if (address === null || typeof address === "string") throw new Error("there is no port to lead to");
  leave();
  const kept = connect({ host, port: address.port, localAddress: host, localPort: port });
  await once(kept, "connect");
  return () => {
    kept.destroy();
    somewhere.close();
  };
}
