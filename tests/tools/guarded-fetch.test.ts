import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { isPublicAddress } from "../../src/access/reachable.ts";
import { createUrlGuard, ForbiddenUrl } from "../../src/tools/guarded-fetch.ts";

const servers: Server[] = [];
const sockets: SocketServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  for (const server of sockets.splice(0)) await new Promise((done) => server.close(done));
});

describe("an address", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "0:0:0:0:0:ffff:a00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::",
    "64:ff9b:1::1",
    "::127.0.0.1",
    "not an address",
  ])("%s is none of the open internet", (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])(
    "%s is one of the open internet",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe("a URL that somebody else named", () => {
  it.each([
    "http://2130706433/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://①②⑦.0.0.1/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://10.0.0.1:8443/token",
    "http://1.1.1.1/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/html,x",
    "gopher://1.1.1.1/",
    "https://ana:secret@1.1.1.1/",
  ])("%s is not asked", async (url) => {
    await expect(createUrlGuard({ allowPrivate: () => [] }).fetch()(url)).rejects.toThrow(ForbiddenUrl);
  });

  it("is refused by where its name leads, without telling what is in its query", async () => {
    const guard = guardOf({ "intern.example": ["192.168.0.7"] });
    const asked = guard.fetch()("https://intern.example/token?code=hush");
    await expect(asked).rejects.toThrow(
      "https://intern.example/token may not be asked: it leads into a private network",
    );
    await expect(asked).rejects.not.toThrow("hush");
  });

  it("is asked at the address that was looked at, though its name leads elsewhere a moment later", async () => {
    const open = await serve((_path, end) => end(200, "the right one"));
    const asked: string[] = [];
    // A name that no resolver of this machine knows: only the address found by the guard leads there.
    const guard = createUrlGuard({
      allowPrivate: () => ["127.0.0.1/32"],
      resolve: async (name) => {
        asked.push(name);
        return asked.length === 1 ? ["127.0.0.1"] : ["10.0.0.1"];
      },
    });
    const answer = await guard.fetch()(`http://rebinding.invalid:${open.port}/`);
    expect(await answer.text()).toBe("the right one");
    expect(asked).toEqual(["rebinding.invalid"]);
    await expect(guard.fetch()(`http://rebinding.invalid:${open.port}/`)).rejects.toThrow(ForbiddenUrl);
  });

  it("reaches only those of its addresses that are allowed", async () => {
    const open = await serve((_path, end) => end(200, "here"));
    const guard = createUrlGuard({
      allowPrivate: () => ["127.0.0.1/32"],
      resolve: async () => ["10.0.0.1", "127.0.0.1"],
    });
    expect(await (await guard.fetch()(`http://both.invalid:${open.port}/`)).text()).toBe("here");
  });

  it("may lead into a private network that the operator allows, from the moment of the change", async () => {
    const open = await serve((_path, end) => end(200, "inside"));
    let allowed: string[] = [];
    const guard = createUrlGuard({ allowPrivate: () => allowed });
    await expect(guard.fetch()(`${open.url}/x`)).rejects.toThrow(ForbiddenUrl);
    allowed = ["127.0.0.0/8"];
    expect(await (await guard.fetch()(`${open.url}/x`)).text()).toBe("inside");
  });

  it("may stand at the origin that the operator wrote, wherever that is, and nowhere beside it", async () => {
    const guard = createUrlGuard({ allowPrivate: () => [], resolve: async () => ["10.0.0.7"], patienceMs: 200 });
    const trusted = new URL("http://10.0.0.7:8000/mcp");
    await expect(guard.fetch(trusted)("http://10.0.0.7:9000/token")).rejects.toThrow(ForbiddenUrl);
    await expect(guard.fetch(trusted)("http://127.0.0.1:8000/token")).rejects.toThrow(ForbiddenUrl);
    await expect(guard.checkLink(new URL("http://10.0.0.7:8000/authorize"), trusted)).resolves.toBeUndefined();
  });

  it("may stand at another port of this machine when the operator's server does", async () => {
    const open = await serve((_path, end) => end(200, "beside"));
    const guard = createUrlGuard({ allowPrivate: () => [] });
    expect(await (await guard.fetch(new URL("http://localhost:1/mcp"))(`${open.url}/x`)).text()).toBe("beside");
    await expect(guard.fetch(new URL("https://1.1.1.1/mcp"))(`${open.url}/x`)).rejects.toThrow(ForbiddenUrl);
  });
});

describe("a link for a person", () => {
  it("may lead where the browser finds an encrypted name, and into no private network by its number", async () => {
    const guard = guardOf({ "intern.example": ["10.0.0.1"] });
    await expect(guard.checkLink(new URL("https://sso.example/authorize"))).resolves.toBeUndefined();
    for (const link of [
      "https://10.0.0.1/",
      "https://[::ffff:7f00:1]/",
      "http://intern.example/",
      "javascript:alert(1)",
    ])
      await expect(guard.checkLink(new URL(link))).rejects.toThrow(ForbiddenUrl);
  });
});

describe("a redirect", () => {
  it("is followed only to where one could go oneself, and takes no credentials to another origin", async () => {
    const seen: (string | undefined)[] = [];
    const other = await serve((_path, end, request) => {
      seen.push(request.headers.authorization);
      end(200, "moved");
    });
    const open = await serve((path, end) =>
      path === "/away"
        ? end(302, "", { location: "https://169.254.169.254/latest" })
        : end(302, "", { location: `${other.url}/` }),
    );
    const guard = createUrlGuard({ allowPrivate: () => ["127.0.0.1/32"] });
    await expect(guard.fetch()(`${open.url}/away`)).rejects.toThrow(ForbiddenUrl);
    const headers = { authorization: "Bearer hush" };
    expect(await (await guard.fetch()(`${open.url}/on`, { headers })).text()).toBe("moved");
    expect(seen).toEqual([undefined]);
  });

  it("of a POST is not followed, nor round in circles", async () => {
    const open = await serve((_path, end) => end(307, "", { location: "/again" }));
    const guard = createUrlGuard({ allowPrivate: () => ["127.0.0.1/32"] });
    await expect(guard.fetch()(`${open.url}/`, { method: "POST", body: "secret" })).rejects.toThrow("leads elsewhere");
    await expect(guard.fetch()(`${open.url}/`)).rejects.toThrow("leads elsewhere");
    expect(open.asked).toHaveLength(1 + 4);
    expect((await guard.fetch()(`${open.url}/`, { redirect: "manual" })).status).toBe(307);
  });
});

describe("an answer", () => {
  it("of more than a megabyte, or one that never comes, is given up", async () => {
    const open = await serve((path, end) => (path === "/big" ? end(200, "x".repeat(2 ** 20 + 1)) : undefined));
    const guard = createUrlGuard({ allowPrivate: () => ["127.0.0.1/32"], patienceMs: 150 });
    await expect(guard.fetch()(`${open.url}/silent`)).rejects.toThrow("did not answer in time");
    const patient = createUrlGuard({ allowPrivate: () => ["127.0.0.1/32"] });
    await expect(patient.fetch()(`${open.url}/big`)).rejects.toThrow("answered with more than");
  });

  const cut = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
  it.each([
    ["that turns into something else", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["that only says that it will come", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["of a status that there is not", "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n"],
    ["that is no HTTP", "220 mail.example ESMTP\r\n"],
    ["that stops in the middle", cut],
    ["that ends in the middle", cut, "end"],
    ["that is nothing", "", "end"],
    ["of a head without an end", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(40_000)}`],
  ])("%s is given up", async (_what, said, then = "wait") => {
    const server = createSocketServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => (then === "end" ? socket.end(said) : socket.write(said)));
    });
    sockets.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    const guard = createUrlGuard({ allowPrivate: () => ["127.0.0.1/32"], patienceMs: 300 });
    await expect(guard.fetch()(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});

function guardOf(names: Record<string, string[]>) {
  return createUrlGuard({ allowPrivate: () => [], resolve: async (name) => names[name] ?? [] });
}

type End = (status: number, text: string, headers?: Record<string, string>) => void;

async function serve(answer: (path: string, end: End, request: { headers: { authorization?: string } }) => void) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    request.resume();
    const { authorization } = request.headers;
    answer(request.url ?? "", (status, text, headers = {}) => response.writeHead(status, headers).end(text), {
      headers: authorization === undefined ? {} : { authorization },
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, asked };
}
