import { BlockList, isIPv6, SocketAddress } from "node:net";

/*
 * Addresses that a webhook must not reach by itself: this machine, its neighbours, and what the internet does not
 * route (IANA's special-purpose address registries for IPv4 and IPv6).
 */

const internalV4 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  internalV4.addSubnet(network, prefix, "ipv4");

/** What is routed at all. */
const globalV6 = new BlockList();
globalV6.addSubnet("2000::", 3, "ipv6");

/** Inside of it: protocol assignments (with Teredo), documentation, 6to4. */
const specialV6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  specialV6.addSubnet(network, prefix, "ipv6");

/** Prefixes of 96 bits before an IPv4 address: mapped, and the well-known one of NAT64. */
const carriers: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0xffff],
  [0x64, 0xff9b, 0, 0, 0, 0],
];

/** The IPv4 address that an IPv6 address carries: `::ffff:10.0.0.1` and `64:ff9b::a00:1` carry 10.0.0.1. */
export function carriedV4(address: string): string | undefined {
  const words = isIPv6(address) ? wordsOf(address) : [];
  const [high = 0, low = 0] = words.slice(6);
  if (!carriers.some((prefix) => prefix.every((word, index) => words[index] === word))) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** The eight words of an IPv6 address. */
function wordsOf(address: string): readonly number[] {
  // SocketAddress writes an address in one way, save that it may end in an IPv4 address.
  const written = new SocketAddress({ address, family: "ipv6" }).address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a, b, c, d) => `${(Number(a) * 256 + Number(b)).toString(16)}:${(Number(c) * 256 + Number(d)).toString(16)}`,
  );
  const [front = "", back] = written.split("::");
  const parse = (text: string) => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const [before, after] = [parse(front), parse(back ?? "")];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

/** Whether an address is one that only an operator's permission opens. What is no address is internal. */
export function isInternalAddress(address: string, family: 4 | 6): boolean {
  if (family === 4) return internalV4.check(address, "ipv4");
  const carried = carriedV4(address);
  if (carried !== undefined) return internalV4.check(carried, "ipv4");
  return !globalV6.check(address, "ipv6") || specialV6.check(address, "ipv6");
}
