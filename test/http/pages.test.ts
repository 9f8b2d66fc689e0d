import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { createToken } from "../../src/actions/token.ts";
import { signedLinks } from "../../src/adapters/links/signed-links.ts";
import type { IncidentNotice } from "../../src/core/incident/notice.ts";
import { createApp } from "../../src/http/app.ts";
import type { Links } from "../../src/ports/links.ts";
import type { IncidentRow, State } from "../../src/ports/state.ts";
import type { Transfers } from "../../src/ports/transfers.ts";
import type { AdvancePorts } from "../../src/stages/run/ports.ts";
import { notices } from "../render/mail/notices.ts";
import { openWorld, start, type World, work } from "../stages/run/world.ts";
import { hostileNames } from "../support/hostile-names.ts";
import { lookAtPage } from "../support/look-at-page.ts";
import { openBrowser } from "../support/open-browser.ts";
import { testActor } from "../support/open-test-log.ts";
import { playHour, watchedModel } from "../support/play-outcomes.ts";
import { sampleNotification } from "../support/sample-rows.ts";
import { at, openWatchWorld, policyOf, type WatchWorld } from "../support/watch-world.ts";

const publicUrl = "https://driftward.example.com";
const transfers = {} as Transfers;
const key = async () => Buffer.alloc(32, 7);
const owner = "one@example.com";

let links: Links;
let app: FastifyInstance;

function appOf(services: AdvancePorts): FastifyInstance {
  links = signedLinks({ publicUrl, key });
  return createApp({ transfers, largestUploadBytes: 1, pages: { services, links, publicUrl } });
}

/** The path of a link, as a mail has it. */
async function pathTo(about: "incident" | "run", number: number, recipient = owner, when = at(1)): Promise<string> {
  const address = (await links.for(recipient, when))({ about, number });
  return new URL(address ?? "").pathname;
}

const formOf = (html: string): string => /name="form" value="([^"]+)"/.exec(html)?.[1] ?? "none";

const post = (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({
    method: "POST",
    url: path,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    payload: new URLSearchParams(fields).toString(),
  });

const trailOf = async (state: State) =>
  (await state.records.list(1, 10_000)).map(({ kind, actor }) => ({ kind, actor }));

describe("an incident's page", () => {
  let world: WatchWorld;
  let model: string;
  let number: number;
  let path: string;
  beforeAll(async () => {
    world = await openWatchWorld();
    app = appOf(world.ports as unknown as AdvancePorts);
  });
  beforeEach(async () => {
    model = await watchedModel(world);
    await playHour(world, model, 1, "holds");
    number = (await world.incidents(model))[0]?.number ?? 0;
    path = await pathTo("incident", number);
  });
  afterAll(async () => {
    await app.close();
    await world.close();
  });
  const incident = async () => (await world.incidents(model))[0];

  test("is shown to whoever has the link, and to look at it changes nothing", async () => {
    const before = await trailOf(world.state);
    for (const method of ["GET", "HEAD", "GET"] as const) {
      const answer = await app.inject({ method, url: path });
      expect([answer.statusCode, answer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    }
    const page = (await app.inject({ url: path })).body;
    for (const text of [`INC-${number}`, "nobody has taken it on", "told that it opened", owner, "Take it on"])
      expect(page).toContain(text);
    expect(await trailOf(world.state)).toEqual(before);
    expect((await incident())?.state).toBe("firing");
    expect(await world.state.silences.endingAfter(at(1))).toEqual([]);
  });

  test("may load nothing, be framed nowhere, be kept nowhere, and tells nobody its address", async () => {
    const { headers, body } = await app.inject({ url: path });
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "strict-transport-security": "max-age=31536000",
    });
    expect(headers["content-security-policy"]).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
    );
    expect(headers["set-cookie"]).toBeUndefined();
    expect(body).not.toMatch(/<script|<a |<img|style="|onclick|https?:\/\/(?!www\.w3\.org)/);
  });

  test("its form acknowledges, under the recipient's address", async () => {
    const form = formOf((await app.inject({ url: path })).body);
    const answer = await post(
      `${path}/acknowledge`,
      { form, note: "the feed is late" },
      { "sec-fetch-site": "same-origin" },
    );
    expect(answer.statusCode).toBe(303);
    const next = new URL(answer.headers.location ?? "", `${publicUrl}${path}/acknowledge`);
    expect(next.pathname).toBe(path);
    expect(await incident()).toMatchObject({ state: "acknowledged", acknowledgedBy: owner });
    const record = (await world.state.records.list(1, 10_000)).at(-1);
    expect(record).toMatchObject({ kind: "incident acknowledged", actor: { kind: "person", id: owner } });
    expect(JSON.parse(record?.payload ?? "{}")).toMatchObject({ note: "the feed is late" });
    const page = (await app.inject({ url: `${next.pathname}${next.search}` })).body;
    for (const text of ["It is taken on, under your address.", `taken on by ${owner}`]) expect(page).toContain(text);
    expect(page).not.toContain("/acknowledge");
    const again = await post(`${path}/acknowledge`, { form });
    expect([again.statusCode, again.body]).toEqual([
      409,
      expect.stringContaining("it is acknowledged by one@example.com"),
    ]);
  });

  test("its form takes no note that is a book, or has control characters", async () => {
    const form = formOf((await app.inject({ url: path })).body);
    for (const note of ["x".repeat(501), "a\u0000b", "a\u001b[2Jb"]) {
      const answer = await post(`${path}/acknowledge`, { form, note });
      expect([answer.statusCode, answer.body]).toEqual([400, expect.stringContaining("Expected a note of")]);
    }
    expect((await world.incidents(model))[0]?.state).toBe("firing");
  });

  test("its form silences this rule, for one of the spans, with a reason", async () => {
    const form = formOf((await app.inject({ url: path })).body);
    for (const [fields, said] of [
      [{ for: "24h" }, "expected a reason"],
      [{ for: "90d", reason: "x" }, "expected one of 4h, 24h, 3d, 7d"],
      [{ for: "24h", reason: "x".repeat(501) }, "expected a reason"],
      [{ for: "24h", reason: "known\u0000" }, "expected a reason"],
    ] as const) {
      const answer = await post(`${path}/silence`, { form, ...fields });
      expect([answer.statusCode, answer.body.toLowerCase()]).toEqual([
        400,
        expect.stringContaining(said.slice(0, 17).toLowerCase()),
      ]);
    }
    expect((await post(`${path}/silence`, { form, for: "24h", reason: "known" })).statusCode).toBe(303);
    const { id } = await world.model(model);
    expect(await world.state.silences.endingAfter(at(1), id)).toMatchObject([
      { rule: "inputs drifted", segment: "", reason: "known", createdBy: owner },
    ]);
  });

  test("whatever does not come from the page acts on nothing", async () => {
    const form = formOf((await app.inject({ url: path })).body);
    const other = formOf((await app.inject({ url: await pathTo("incident", number, "two@example.com") })).body);
    const wrong: readonly (readonly [Readonly<Record<string, string>>, Readonly<Record<string, string>>])[] = [
      [{}, {}],
      [{ form: "x" }, {}],
      [{ form: other }, {}],
      [{ form }, { "sec-fetch-site": "cross-site" }],
      [{ form }, { "sec-fetch-site": "same-site" }],
      [{ form }, { origin: "https://evil.example.com" }],
    ];
    for (const [fields, headers] of wrong)
      expect([fields, (await post(`${path}/acknowledge`, fields, headers)).statusCode]).toEqual([fields, 403]);
    const json = { method: "POST", url: `${path}/acknowledge`, payload: { form } } as const;
    expect((await app.inject(json)).statusCode).toBe(415);
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"] as const)
      expect([method, (await app.inject({ method, url: `${path}/acknowledge` })).statusCode]).toEqual([method, 404]);
    expect((await post(path, { form })).statusCode).toBe(404);
    expect((await post(`${path}/acknowledge`, { form, note: "x".repeat(20_000) })).statusCode).toBe(413);
    expect((await incident())?.state).toBe("firing");
  });

  test("a link is for one page, one recipient and two weeks", async () => {
    const [payload = "", signature = ""] = (path.split("/").at(-1) ?? "").split(".");
    const stranger = Buffer.from(JSON.stringify(["evil@example.com", 4_102_444_800])).toString("base64url");
    const capabilities = [
      `${payload}.${signature.slice(0, -2)}AA`,
      `${stranger}.${signature}`,
      payload,
      `${payload}.`,
      `.${signature}`,
      `${payload}.${signature}.x`,
      "x".repeat(2_000),
      "%00",
      ...hostileNames.slice(0, 40).map(encodeURIComponent),
    ];
    for (const capability of capabilities) {
      const { statusCode } = await app.inject({ url: `/incidents/${number}/${capability}` });
      expect([capability.slice(0, 60), statusCode >= 400 && statusCode < 500]).toEqual([capability.slice(0, 60), true]);
    }
    for (const url of [path.replace(`/${number}/`, `/${number + 1}/`), path.replace("/incidents/", "/runs/")])
      expect((await app.inject({ url })).statusCode).toBe(404);
    world.setNow(new Date(at(1).getTime() + 14 * 86_400_000 - 1_000));
    expect((await app.inject({ url: path })).statusCode).toBe(200);
    world.setNow(new Date(at(1).getTime() + 14 * 86_400_000));
    const late = await app.inject({ url: path });
    expect([late.statusCode, late.body]).toEqual([410, expect.stringContaining("This link has run out.")]);
  });

  test("what the policy names sensitive since it was told is shown no more", async () => {
    const { id } = (await world.incidents(model))[0] as IncidentRow;
    const kept = { recipient: owner, kind: "repeated", createdAt: at(2), state: "sent" } as const;
    const body = { ...(notices["drift-opened"] as IncidentNotice), model, incident: number };
    await world.state.transaction((tx) => tx.notifications.insert(sampleNotification(id, { ...kept, body })));
    const shown = async () => (await app.inject({ url: path })).body;
    expect(await shown()).toContain("mist: 25 %");
    await world.apply(policyOf(model, "data: { sensitive: [weather_at_the_station_of_departure] }"));
    const page = await shown();
    expect(page).toContain("median 41.2");
    expect(page).not.toMatch(/mist|clear: 63/);
  });

  test("who is taken out of the policy opens nothing any more", async () => {
    const stranger = await pathTo("incident", number, "gone@example.com");
    const { statusCode, body } = await app.inject({ url: stranger });
    expect([statusCode, body]).toEqual([403, expect.stringContaining("told of the model no more")]);
  });
});

describe("a run's page", () => {
  let world: World;
  let path: string;
  let run: number;
  beforeAll(async () => {
    world = await openWorld({ promote: "promote: { approval: required }" });
    app = appOf(world.ports);
    await start(world);
    run = (await work(world, world.ports))?.number ?? 0;
    const [mail] = await world.state.notifications.ofSubject((await world.state.runs.findByNumber(run))?.id ?? "");
    path = await pathTo("run", run, mail?.recipient ?? "", world.ports.clock.now());
  });
  afterAll(async () => {
    await app.close();
    await world.close();
  });
  const stateOf = async () => (await world.state.runs.findByNumber(run))?.state;
  const tokenOf = async (name: string, role: "admin" | "approver" | "operator") => {
    const wish = { name, role, models: undefined, lastsMs: undefined, actor: testActor };
    return (await createToken(world.ports, wish, randomBytes(32))).secret;
  };

  test("shows the gates, and its link is no word: that needs a token that may approve", async () => {
    const page = (await app.inject({ url: path })).body;
    for (const text of ["Your word", "Gates", "passed its gates"]) expect(page).toContain(text);
    const form = formOf(page);
    await tokenOf("root", "admin");
    const operator = await tokenOf("op", "operator");
    for (const token of ["", "driftward_x", operator]) {
      const answer = await post(`${path}/approve`, { form, reason: "fine", token });
      expect([answer.statusCode, answer.body.includes(token) && token !== ""]).toEqual([403, false]);
      expect(await stateOf()).toBe("promoting");
    }
    expect((await post(`${path}/approve`, { form, token: operator })).statusCode).toBe(400);
    const approver = await tokenOf("ada", "approver");
    expect((await post(`${path}/approve`, { form, reason: "looked", token: approver })).statusCode).toBe(303);
    expect(await stateOf()).toBe("promoted");
    const records = await world.state.records.list(1, 10_000);
    expect(records.filter(({ kind }) => kind === "candidate approved")).toMatchObject([
      { actor: { kind: "token", id: "ada" } },
    ]);
    expect((await app.inject({ url: path })).body).not.toContain("Your word");
    expect((await post(`${path}/reject`, { form, reason: "no", token: approver })).statusCode).toBe(409);
  });
});

describe("in a browser", () => {
  let world: WatchWorld;
  afterEach(() => world.close());

  test("is read on every screen, in light and in dark, and acts without scripts", async () => {
    world = await openWatchWorld();
    const model = await watchedModel(world);
    await playHour(world, model, 1, "holds");
    const number = (await world.incidents(model))[0]?.number ?? 0;
    links = signedLinks({ publicUrl: "http://127.0.0.1", key });
    const services = world.ports as unknown as AdvancePorts;
    // The port is known only when it listens: the origin is told by the browser as "null", for no referrer is sent.
    app = createApp({ transfers, largestUploadBytes: 1, pages: { services, links, publicUrl: "http://127.0.0.1" } });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const browser = await openBrowser();
    try {
      const page = await browser.newPage({ javaScriptEnabled: true });
      const blocked: string[] = [];
      page.on("console", (message) => blocked.push(message.text()));
      const url = `${address}${await pathTo("incident", number)}`;
      await page.goto(url);
      for (const colorScheme of ["light", "dark"] as const)
        for (const width of [360, 900]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          expect([width, colorScheme, await lookAtPage(page)]).toEqual([width, colorScheme, []]);
          const folder = process.env.SCREENSHOTS;
          if (folder === undefined) continue;
          mkdirSync(folder, { recursive: true });
          await page.screenshot({ path: `${folder}/page-incident-${width}-${colorScheme}.png`, fullPage: true });
        }
      await page.fill('input[name="note"]', "on it");
      await page.click("text=Take it on");
      await page.waitForURL(/done=acknowledge$/);
      expect(await page.textContent('[role="status"]')).toBe("It is taken on, under your address.");
      expect((await world.incidents(model))[0]).toMatchObject({ state: "acknowledged", acknowledgedBy: owner });
      expect(blocked).toEqual([]);
    } finally {
      await browser.close();
      await app.close();
    }
  });
});
