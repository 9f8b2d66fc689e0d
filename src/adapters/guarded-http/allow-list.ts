import { BlockList, isIP } from "node:net";
import { DriftwardError } from "../../core/errors.ts";
import { carriedV4 } from "./internal-address.ts";

/** What an operator opened, although it is internal or is spoken to without TLS. */
export interface AllowList {
  /** By the name in the URL. */
  hasHost(host: string): boolean;
  /** By the address that is connected to. */
  hasAddress(address: string, family: 4 | 6): boolean;
}

/**
 * Reads an allow list: host names (`ci.internal`; `.corp.example` for all below it), addresses and networks
 * (`10.1.0.0/16`, `fd00::/8`).
 *
 * @throws InvalidConfig when an entry is none of these
 */
export function readAllowList(entries: readonly string[]): AllowList {
  const hosts: string[] = [];
  const networks = new BlockList();
  for (const entry of entries) {
    const [address = "", prefix, ...more] = entry.split("/");
    const family = isIP(address);
    const longest = family === 4 ? 32 : 128;
    if (family !== 0 && more.length === 0 && /^\d{1,3}$/.test(prefix ?? "0") && Number(prefix ?? 0) <= longest)
      networks.addSubnet(address, Number(prefix ?? longest), family === 4 ? "ipv4" : "ipv6");
    else if (/^\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(entry) && family === 0)
      hosts.push(entry.toLowerCase());
    else
      throw new DriftwardError("InvalidConfig", `expected a host, an address or a network, got "${entry}"`, {
        hint: "write ci.internal, .corp.example, 10.1.2.3 or 10.0.0.0/8 in outgoing.allow of driftward.yaml",
      });
  }
  return {
    hasHost: (host) => hosts.some((one) => (one.startsWith(".") ? host.endsWith(one) : host === one)),
    hasAddress: (address, family) => {
      const carried = family === 6 ? carriedV4(address) : undefined;
      if (carried !== undefined) return networks.check(carried, "ipv4");
      return networks.check(address, family === 4 ? "ipv4" : "ipv6");
    },
  };
}
