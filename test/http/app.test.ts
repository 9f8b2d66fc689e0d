import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { DriftwardError } from "../../src/core/errors.ts";
import { createApp } from "../../src/http/app.ts";
import { startServer } from "../../src/http/start-server.ts";
import type { Ticket, TrainingWord, Transfers } from "../../src/ports/transfers.ts";

/** Transfers of one attempt, written by hand: the token `good` opens, `used` was used. */
class Desk implements Transfers {
  readonly tickets: Ticket[] = [];
  readonly words: TrainingWord[] = [];
  spent = 0;
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }
  #look(ticket: Ticket) {
    this.tickets.push(ticket);
    if (ticket.token === "broken") throw new Error("the disk at /secret/place is full");
    return ticket.token === "good" ? undefined : ticket.token === "used" ? "spent" : "unknown";
  }
  async download(ticket: Ticket) {
    const spend = async () => {
      this.spent++;
    };
    return this.#look(ticket) ?? { path: this.#path, bytes: 4, spend };
  }
  async upload(ticket: Ticket, content: Readable, largestBytes: number) {
    const not = this.#look(ticket);
    if (not !== undefined) return not;
    let length = 0;
    for await (const chunk of content) length += chunk.length;
    if (length > largestBytes) throw new DriftwardError("Refused", `expected at most ${largestBytes} bytes, got more`);
    return "taken" as const;
  }
  async tell(ticket: Ticket, word: TrainingWord) {
    const not = this.#look(ticket);
    if (not === undefined) this.words.push(word);
    return not ?? ("taken" as const);
  }
}

let folder: string;
let desk: Desk;
let app: FastifyInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "driftward-http-"));
  await writeFile(join(folder, "rows"), "rows");
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  desk = new Desk(join(folder, "rows"));
  app = createApp({ transfers: desk, largestUploadBytes: 100 });
});

test("sends a file, and spends its URL when it was sent", async () => {
  const answer = await app.inject({ url: "/v1/transfers/run-1/training/good" });
  expect([answer.statusCode, answer.body, answer.headers["cache-control"]]).toEqual([200, "rows", "no-store"]);
  expect([desk.tickets, desk.spent]).toEqual([[{ key: "run-1", kind: "training", token: "good" }], 1]);
});

test.each([["application/json"], ["application/octet-stream"], ["text/plain"], [undefined]])(
  "takes a file that is called %s",
  async (type) => {
    const headers = type === undefined ? {} : { "content-type": type };
    const request = {
      method: "PUT",
      url: "/v1/transfers/run-1/result/good",
      payload: Buffer.from("{not json"),
      headers,
    } as const;
    expect((await app.inject(request)).statusCode).toBe(201);
  },
);

test("takes a word of the end", async () => {
  const payload = { state: "failed", exit_code: 7, message: "no", log: "a\nb" };
  expect((await app.inject({ method: "POST", url: "/v1/transfers/run-1/callback/good", payload })).statusCode).toBe(
    200,
  );
  expect(desk.words).toEqual([{ state: "failed", exitCode: 7, message: "no", log: "a\nb" }]);
});

describe("refuses", () => {
  test.each([
    ["GET", "/v1/transfers/run-1/training/used", 410],
    ["GET", "/v1/transfers/run-1/training/other", 404],
    ["GET", "/v1/transfers/run-1/result/good", 404],
    ["PUT", "/v1/transfers/run-1/training/good", 404],
    ["PUT", "/v1/transfers/run-1/result/used", 410],
    ["POST", "/v1/transfers/run-1/callback/used", 410],
    ["GET", "/v1/transfers/run-1/key/good", 404],
    ["GET", "/", 404],
    ["DELETE", "/v1/transfers/run-1/training/good", 404],
  ] as const)("%s %s with %i", async (method, url, status) => {
    const payload = method === "POST" ? { state: "succeeded" } : undefined;
    const answer = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    expect([answer.statusCode, Object.keys(answer.json())]).toEqual([status, ["error"]]);
  });
  test.each([
    [{}],
    [{ state: "running" }],
    [{ state: "succeeded", more: 1 }],
    [{ state: "failed", message: "x".repeat(3_000) }],
  ])("a word that is none: %j", async (payload) => {
    const answer = await app.inject({ method: "POST", url: "/v1/transfers/run-1/callback/good", payload });
    expect([answer.statusCode, desk.words]).toEqual([400, []]);
  });
  test("what is too large", async () => {
    const put = (length: number) =>
      app.inject({ method: "PUT", url: "/v1/transfers/run-1/predictions/good", payload: Buffer.alloc(length) });
    expect([(await put(100)).statusCode, (await put(101)).statusCode]).toEqual([201, 413]);
    const payload = { state: "failed", log: "x".repeat(2_000_000) };
    const word = await app.inject({ method: "POST", url: "/v1/transfers/run-1/callback/good", payload });
    expect(word.statusCode).toBe(413);
  });
});

test("tells nothing of what failed inside", async () => {
  const answer = await app.inject({ url: "/v1/transfers/run-1/training/broken" });
  expect([answer.statusCode, answer.json()]).toEqual([500, { error: "something failed" }]);
});

test("an address that is taken is told", async () => {
  const parts = { transfers: desk, largestUploadBytes: 1, host: "127.0.0.1" };
  const first = await startServer({ ...parts, port: 0 });
  const port = Number(new URL(first.address).port);
  await expect(startServer({ ...parts, port })).rejects.toMatchObject({ code: "StateUnavailable" });
  await first.close();
});
