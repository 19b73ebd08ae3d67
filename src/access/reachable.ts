import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";

/** IPv4 that leads to nobody on the open internet: private, loopback, link-local, carrier-grade NAT, documentation, multicast. */
const closed = networks([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);
/** Of IPv6 only this is the open internet … */
const global = networks(["2000::/3"]);
/** … without protocol assignments (Teredo among them), documentation, and 6to4, which hides IPv4. */
const closedGlobal = networks(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]);
const loopback = networks(["127.0.0.0/8", "::1/128"]);

/** Is it an address of the open internet? IPv4 inside of IPv6 counts as what it is. */
export function isPublicAddress(address: string): boolean {
  const bare = unwrapped(address);
  if (isIPv4(bare)) return !closed.check(bare, "ipv4");
  return isIPv6(bare) && global.check(bare, "ipv6") && !closedGlobal.check(bare, "ipv6");
}

/** Is it this machine? A name or an address, as it stands in a URL. */
export function isLoopbackHost(host: string): boolean {
  const bare = unwrapped(host.replace(/^\[|\]$/g, ""));
  if (isIP(bare)) return loopback.check(bare, isIPv4(bare) ? "ipv4" : "ipv6");
  return bare === "localhost";
}

/** Tells whether an address lies in one of these networks, written "10.0.0.0/8". */
export function within(written: readonly string[]): (address: string) => boolean {
  const list = networks(written);
  return (address) => {
    const bare = unwrapped(address);
    return isIP(bare) !== 0 && list.check(bare, isIPv4(bare) ? "ipv4" : "ipv6");
  };
}

function networks(written: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of written) {
    const [address = "", bits] = one.split("/");
    list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  }
  return list;
}

/** The IPv4 address inside of an IPv6 one, mapped (::ffff:0:0/96) or translated (NAT64, 64:ff9b::/96); any other as it is. */
function unwrapped(address: string): string {
  const bare = address.replace(/%.*$/, "");
  if (!isIPv6(bare)) return bare;
  // The URL parser writes every IPv6 address one way.
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [, high, low] = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) {
    const [, alone] = /^64:ff9b::([0-9a-f]{1,4})$/.exec(canonical) ?? [];
    return alone === undefined && canonical !== "64:ff9b::" ? canonical : dotted(0, Number.parseInt(alone ?? "0", 16));
  }
  return dotted(Number.parseInt(high, 16), Number.parseInt(low, 16));
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
