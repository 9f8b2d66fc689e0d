import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { carriedV4, isInternalAddress } from "../../../src/adapters/guarded-http/internal-address.ts";

describe("internal", () => {
  test.each([
    ["0.0.0.0"],
    ["10.255.0.1"],
    ["100.64.0.1"],
    ["127.0.0.1"],
    ["127.255.255.254"],
    ["169.254.169.254"],
    ["172.16.0.1"],
    ["172.31.255.255"],
    ["192.0.0.192"],
    ["192.168.1.1"],
    ["198.18.0.1"],
    ["224.0.0.1"],
    ["255.255.255.255"],
  ])("%s", (address) => expect(isInternalAddress(address, 4)).toBe(true));
  test.each([
    ["::"],
    ["::1"],
    ["::127.0.0.1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:a9fe:a9fe"],
    ["0:0:0:0:0:ffff:10.0.0.1"],
    ["64:ff9b::10.0.0.1"],
    ["64:ff9b::7f00:1"],
    ["64:ff9b:1::8.8.8.8"],
    ["fe80::1"],
    ["febf::1"],
    ["fc00::1"],
    ["fd12:3456::1"],
    ["fec0::1"],
    ["ff02::1"],
    ["2001::1"],
    ["2001:db8::1"],
    ["2002:7f00:1::"],
    ["100::1"],
  ])("%s", (address) => expect(isInternalAddress(address, 6)).toBe(true));
});

describe("of the internet", () => {
  test.each([["8.8.8.8"], ["172.15.255.255"], ["172.32.0.1"], ["100.128.0.1"], ["192.0.3.1"], ["223.255.255.255"]])(
    "%s",
    (address) => expect(isInternalAddress(address, 4)).toBe(false),
  );
  test.each([["2606:4700::1111"], ["2a00:1450:4001::200e"], ["::ffff:8.8.8.8"], ["64:ff9b::8.8.8.8"]])(
    "%s",
    (address) => expect(isInternalAddress(address, 6)).toBe(false),
  );
});

test("an IPv4 address is judged alike however it is carried", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
      const address = bytes.join(".");
      const hex = `${(bytes[0] * 256 + bytes[1]).toString(16)}:${(bytes[2] * 256 + bytes[3]).toString(16)}`;
      for (const carrier of [`::ffff:${address}`, `::FFFF:${hex}`, `64:ff9b::${hex}`, `0:0:0:0:0:ffff:${hex}`]) {
        expect(carriedV4(carrier)).toBe(address);
        expect(isInternalAddress(carrier, 6)).toBe(isInternalAddress(address, 4));
      }
    }),
  );
});

test("only mapped and NAT64 addresses carry one", () => {
  expect(carriedV4("2606:4700::1111")).toBeUndefined();
  expect(carriedV4("::1:ffff:0:0")).toBeUndefined();
  expect(carriedV4("8.8.8.8")).toBeUndefined();
});
