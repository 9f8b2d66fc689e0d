import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createGuardedFetch } from "../../../src/adapters/guarded-http/guarded-fetch.ts";

let server: Server;
let port: number;
const seen: { readonly method: string; readonly url: string; readonly body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    void textOf(request).then((body) => {
      seen.push({ method: request.method ?? "", url: request.url ?? "", body });
      if (request.url === "/away") response.writeHead(302, { location: "http://169.254.169.254/" }).end();
      else if (request.url === "/large") response.end("x".repeat(5_000));
      else if (request.url === "/silent") response.write("half");
      else response.writeHead(201, { "x-said": "yes" }).end("done");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

const local = async () => [{ address: "127.0.0.1", family: 4 }];
const refused = (text: string) =>
  expect.objectContaining({ code: "Refused", message: expect.stringContaining(text), retryable: false });
const failed = (text: string) =>
  expect.objectContaining({ code: "DeliveryFailed", message: expect.stringContaining(text), retryable: true });

describe("without permission", () => {
  const guarded = createGuardedFetch({ allow: [], resolve: local });
  test.each([
    ["https://127.0.0.1/"],
    ["https://0x7f.1/"],
    ["https://2130706433/"],
    ["https://[::1]/"],
    ["https://[::ffff:127.0.0.1]/"],
    ["https://169.254.169.254/latest/meta-data"],
    ["https://name.example.com/"],
  ])("%s is internal", async (url) => {
    await expect(guarded(url, { method: "GET" })).rejects.toEqual(refused("leads to an internal address"));
  });
  test("a name is refused when any of its addresses is internal", async () => {
    const both = async () => [
      { address: "8.8.8.8", family: 4 },
      { address: "fd00::1", family: 6 },
    ];
    const mixed = createGuardedFetch({ allow: [], resolve: both });
    await expect(mixed("https://two.example.com/", { method: "GET" })).rejects.toEqual(refused("internal address"));
  });
  test("http is refused", async () => {
    await expect(guarded("http://8.8.8.8/", { method: "GET" })).rejects.toEqual(refused("expected https"));
    await expect(guarded("http://name.example.com/", { method: "GET" })).rejects.toEqual(refused("expected https"));
  });
  test.each([["file:///etc/passwd"], ["ftp://example.com"], ["nonsense"]])("%s is no URL to call", async (url) => {
    await expect(guarded(url, { method: "GET" })).rejects.toEqual(refused("expected an https URL"));
  });
  test("a password in the URL is refused, and not told", async () => {
    const call = guarded("https://user:hunter2@example.com/", { method: "GET" });
    await expect(call).rejects.toEqual(refused("no user or password in the URL of example.com"));
    await expect(call).rejects.not.toEqual(refused("hunter2"));
  });
  test("nothing was called", () => expect(seen).toEqual([]));
});

describe.each([["127.0.0.0/8"], ["127.0.0.1"], ["ci.internal"], [".internal"]])("with %s allowed", (allow) => {
  const guarded = createGuardedFetch({ allow: [allow], resolve: local });
  const url = (path: string) => `http://ci.internal:${port}${path}`;
  test("calls, and tells the answer", async () => {
    const answer = await guarded(url("/hook?x=1"), { method: "POST", body: "{é}" });
    expect(answer).toMatchObject({ status: 201, text: "done", headers: { "x-said": "yes" } });
    expect(seen.at(-1)).toEqual({ method: "POST", url: "/hook?x=1", body: "{é}" });
  });
  test("follows no redirect", async () => {
    expect((await guarded(url("/away"), { method: "GET" })).status).toBe(302);
  });
  test("takes no more than it asked for, of bytes and of time", async () => {
    const small = guarded(url("/large"), { method: "GET", largestAnswerBytes: 1_000 });
    await expect(small).rejects.toEqual(failed("at most 1000 bytes"));
    const quick = guarded(url("/silent"), { method: "GET", timeoutMs: 200 });
    await expect(quick).rejects.toEqual(failed("no whole answer within 200 ms"));
  });
  test("opens nothing else", async () => {
    const elsewhere = createGuardedFetch({ allow: [allow], resolve: async () => [{ address: "10.0.0.1", family: 4 }] });
    await expect(elsewhere("https://other.example.com/", { method: "GET" })).rejects.toEqual(refused("internal"));
  });
});

test("tells who could not be called, and nothing of the path", async () => {
  const guarded = createGuardedFetch({ allow: ["127.0.0.1"] });
  const call = guarded("http://127.0.0.1:1/token-in-path", { method: "GET" });
  await expect(call).rejects.toEqual(failed("127.0.0.1:1 could not be called: ECONNREFUSED"));
});

test.each([["10.0.0.0/33"], ["10.0.0.0/8/8"], ["a b"], ["http://x"], [""], ["*"], ["fd00::/129"]])(
  "%j is no entry of an allow list",
  (entry) => {
    expect(() => createGuardedFetch({ allow: [entry] })).toThrow("expected a host, an address or a network");
  },
);
