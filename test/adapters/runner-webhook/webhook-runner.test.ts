import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createGuardedFetch } from "../../../src/adapters/guarded-http/guarded-fetch.ts";
import { webhookRunner } from "../../../src/adapters/runner-webhook/webhook-runner.ts";
import { webhookTransfers } from "../../../src/adapters/runner-webhook/webhook-transfers.ts";
import { startServer } from "../../../src/http/start-server.ts";
import type { Launch, Runner, WebhookSettings } from "../../../src/ports/runner.ts";
import { describeRunner, endOf, fillFolder, launchOf } from "../../conformance/runner.ts";
import { post, serviceSecret, startTrainingService, type TrainingService } from "../../support/training-service.ts";
import { waitFor } from "../../support/wait-for.ts";

let service: TrainingService;
beforeAll(async () => {
  service = await startTrainingService();
});
beforeEach(() => {
  service.answer = undefined;
  service.runs = true;
});
afterAll(() => service.close());

const largestUploadBytes = 10_000;

function settings(more: Partial<WebhookSettings> = {}): WebhookSettings {
  return {
    url: `${service.url}/train`,
    cancelUrl: `${service.url}/unwanted`,
    headers: { "X-Key": "SERVICE_KEY" },
    secret: "SERVICE_SECRET",
    statusField: "state",
    shared: true,
    ...more,
  };
}

/** A Driftward that other systems can reach, and its runner. */
async function makeRunner({ allow = ["127.0.0.1"] } = {}) {
  const base = await mkdtemp(join(tmpdir(), "driftward-webhook-"));
  const [root, folder] = [join(base, "attempts"), join(base, "work")];
  await fillFolder(folder);
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    transfers: webhookTransfers(root),
    largestUploadBytes,
  });
  const environment = {
    SERVICE_KEY: "canary-key",
    SERVICE_SECRET: serviceSecret,
    DRIFTWARD_TEST_SECRET: "s3cret",
    EMPTY_SECRET: "",
    KEYLESS_SECRET: "whsec_",
  };
  const make = (publicUrl: string | undefined = server.address) =>
    webhookRunner({ root, environment, fetch: createGuardedFetch({ allow }), publicUrl });
  const runner: Runner = { ...make() };
  const close = async () => {
    await server.close();
    await rm(base, { recursive: true, force: true });
  };
  return { runner, make, root, folder, secret: "s3cret", close };
}

describeRunner(
  "webhook runner",
  async () => {
    const made = await makeRunner();
    const start: Runner["start"] = (launch) => made.runner.start({ webhook: settings(), ...launch });
    return { ...made, runner: { ...made.runner, start } };
  },
  { startsPrograms: false },
);

interface Told {
  readonly training: string;
  readonly evaluation: string;
  readonly result: string;
  readonly predictions: string;
  readonly callback: string;
}

describe("webhook runner and another system", () => {
  let under: Awaited<ReturnType<typeof makeRunner>>;
  beforeAll(async () => {
    under = await makeRunner();
  });
  afterAll(() => under.close());
  const launched = (more: Partial<WebhookSettings> = {}, rest: Partial<Launch> = {}): Launch => ({
    ...launchOf(under.folder, "true", rest),
    webhook: settings({ shared: false, ...more }),
  });
  /** Starts an attempt that the service only takes, and gives the URLs that it was told. */
  const started = async (launch = launched()) => {
    service.runs = false;
    await under.runner.start(launch);
    const told = (JSON.parse(service.seen.at(-1)?.body ?? "{}") as { data: Told }).data;
    return { launch, told };
  };
  const put = (url: string, body: string) => fetch(url, { method: "PUT", body });
  const statusOf = async (answer: Promise<Response>) => (await answer).status;

  test("sends a CloudEvent with key, headers, signature and one-time URLs", async () => {
    const { launch } = await started(launched({}, { parameters: { epochs: 3 } }));
    const request = service.seen.at(-1);
    if (request === undefined) throw new Error("nothing was sent");
    const { headers, body } = request;
    expect(headers).toMatchObject({
      "content-type": "application/cloudevents+json; charset=utf-8",
      "idempotency-key": `${launch.runId}.1`,
      "x-key": "canary-key",
    });
    expect(Math.abs(Number(headers["webhook-timestamp"]) - Date.now() / 1_000)).toBeLessThan(60);
    const event = JSON.parse(body) as { data: Told };
    expect(event).toMatchObject({
      specversion: "1.0",
      id: launch.key,
      type: "driftward.training.requested",
      subject: launch.runId,
      data: { run_id: launch.runId, attempt: 1, parameters: { epochs: 3 } },
    });
    for (const kind of ["training", "evaluation", "result", "predictions", "callback"] as const)
      expect(event.data[kind]).toMatch(new RegExp(`/v1/transfers/${launch.key}/${kind}/[\\w-]{43}$`));
  });

  test("hands files over once, takes files once, and hears the end once", async () => {
    const { launch, told } = await started();
    expect(await (await fetch(told.training)).text()).toBe("training rows");
    expect(await (await fetch(told.evaluation)).text()).toBe("evaluation rows");
    await waitFor("it is spent", async () => (await statusOf(fetch(told.training))) === 410);
    expect((await under.runner.poll(launch.key))?.state).toBe("running");
    const { output } = launch.files;
    await rm(join(output, "result.json"), { force: true });
    expect(await statusOf(put(told.result, "{}"))).toBe(201);
    expect(await statusOf(put(told.predictions, "rows"))).toBe(201);
    expect(await readFile(join(output, "result.json"), "utf8")).toBe("{}");
    expect(await readFile(join(output, "predictions.parquet"), "utf8")).toBe("rows");
    expect(await statusOf(put(told.result, "{}"))).toBe(410);
    expect(await statusOf(post(told.callback, { state: "succeeded", log: "one\ntwo\n" }))).toBe(200);
    expect(await statusOf(post(told.callback, { state: "failed" }))).toBe(410);
    expect(await under.runner.poll(launch.key)).toEqual({ state: "succeeded" });
    expect(await under.runner.logs(launch.key, 1)).toEqual(["two"]);
    expect(await statusOf(fetch(told.evaluation))).toBe(410);
    await rm(join(output, "result.json"));
    await rm(join(output, "predictions.parquet"));
  });

  test("takes no file that is too large, and leaves nothing of it", async () => {
    const { told } = await started();
    expect(await statusOf(put(told.predictions, "x".repeat(largestUploadBytes + 1)))).toBe(413);
    const streamed = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode("x".repeat(1_000)));
        controller.close();
      },
    });
    const request = { method: "PUT", body: streamed, duplex: "half" } as const;
    expect(await statusOf(fetch(told.predictions, request).catch(() => new Response(null, { status: 413 })))).toBe(413);
    expect((await readdir(join(under.folder, "output"))).filter((name) => /upload|predictions/.test(name))).toEqual([]);
    expect(await statusOf(put(told.predictions, "small"))).toBe(201);
    await rm(join(under.folder, "output", "predictions.parquet"));
  });

  test("opens nothing to strangers, and no URL for another use", async () => {
    const { launch, told } = await started();
    const token = told.training.split("/").at(-1) ?? "";
    const at = (path: string) => `${told.training.split("/v1/")[0]}/v1/transfers/${path}`;
    expect(await statusOf(fetch(at(`${launch.key}/training/${"a".repeat(43)}`)))).toBe(404);
    expect(await statusOf(fetch(at(`${launch.key}/evaluation/${token}`)))).toBe(404);
    expect(await statusOf(fetch(at(`no-such-attempt/training/${token}`)))).toBe(404);
    expect(await statusOf(fetch(at(`..%2f..%2fx/training/${token}`)))).toBe(404);
    expect(await statusOf(put(at(`${launch.key}/training/${token}`), "x"))).toBe(404);
    expect(await statusOf(post(told.callback, { state: "promoted" }))).toBe(400);
    expect(
      await statusOf(
        fetch(told.callback, { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
      ),
    ).toBe(400);
    expect((await under.runner.poll(launch.key))?.state).toBe("running");
  });

  test("asks again after a crash with the same key; the first delivery that brings something counts", async () => {
    const { launch, told: first } = await started();
    await rm(join(under.root, launch.key, "accepted.json"));
    await under.make().start(launch);
    const [once, twice] = service.seen.slice(-2);
    expect(twice?.headers["idempotency-key"]).toBe(once?.headers["idempotency-key"]);
    const second = (JSON.parse(twice?.body ?? "{}") as { data: Told }).data;
    expect(second.result).not.toBe(first.result);
    expect(await statusOf(put(first.predictions, "of the first"))).toBe(201);
    expect(await statusOf(put(second.result, "{}"))).toBe(410);
    expect(await statusOf(post(second.callback, { state: "failed" }))).toBe(410);
    expect(await statusOf(post(first.callback, { state: "succeeded" }))).toBe(200);
    await rm(join(under.folder, "output", "predictions.parquet"));
  });

  test("tells a refusal at once, and what may pass as worth another try", async () => {
    for (const status of [302, 400, 401, 404]) {
      service.answer = { status, headers: { location: "http://127.0.0.1:1/" } };
      const launch = launched();
      await under.runner.start(launch);
      expect(await under.runner.poll(launch.key)).toMatchObject({
        message: expect.stringContaining(`answered ${status}`),
      });
    }
    for (const status of [429, 500, 503]) {
      service.answer = { status };
      const launch = launched();
      await expect(under.runner.start(launch)).rejects.toMatchObject({ code: "DeliveryFailed", retryable: true });
      service.answer = undefined;
      await under.runner.start(launch);
      await endOf(under.runner, launch.key);
    }
  });

  test("learns the end by asking, where nobody calls back", async () => {
    const statusUrl = `${service.url}/status?run={{run_id}}&k={{key}}`;
    const { launch } = await started(launched({ shared: true, statusUrl, statusField: "run.state" }));
    service.answer = { status: 200, body: JSON.stringify({ run: { state: "queued" } }) };
    expect((await under.runner.poll(launch.key))?.state).toBe("running");
    expect(service.seen.at(-1)?.path).toBe(`/status?run=${launch.runId}&k=${launch.key}`);
    service.answer = { status: 500 };
    expect((await under.runner.poll(launch.key))?.state).toBe("running");
    service.answer = { status: 200, body: JSON.stringify({ run: { state: "Success" } }) };
    expect(await under.runner.poll(launch.key)).toEqual({ state: "succeeded" });
  });

  test("sends a body of the operator's, with nothing but texts filled in", async () => {
    const body = {
      ref: "main",
      inputs: { run: "{{run_id}}", with: "{{parameters}}", at: "to {{callback}}", other: "{{no}}" },
    };
    service.answer = { status: 204 };
    const parameters = { note: '", "ref": "evil' };
    const launch = launched({ body }, { parameters });
    await under.runner.start(launch);
    const sent = JSON.parse(service.seen.at(-1)?.body ?? "{}") as typeof body;
    expect(sent).toMatchObject({ ref: "main", inputs: { run: launch.runId, other: "{{no}}" } });
    expect(JSON.parse(sent.inputs.with)).toEqual(parameters);
    expect(sent.inputs.at).toMatch(/^to http.*\/callback\/[\w-]{43}$/);
    expect(service.seen.at(-1)?.headers["content-type"]).toBe("application/json");
  });

  test("tells the other system what is not wanted any more, and takes nothing from then on", async () => {
    const { launch, told } = await started();
    await under.runner.cancel(launch.key);
    expect(service.seen.at(-1)).toMatchObject({ path: "/unwanted" });
    expect(await statusOf(post(told.callback, { state: "succeeded" }))).toBe(410);
    expect(await statusOf(fetch(told.training))).toBe(410);
    const late = await started(launched({}, { timeoutMs: 150 }));
    await waitFor("it ran out", async () => (await under.runner.poll(late.launch.key))?.state === "timed out");
    expect(await statusOf(put(late.told.result, "{}"))).toBe(410);
  });

  test("keeps secrets and tokens out of every file", async () => {
    const { launch, told } = await started();
    const folder = join(under.root, launch.key);
    const token = told.callback.split("/").at(-1) ?? "none";
    for (const name of await readdir(folder)) {
      expect(name).not.toContain(token);
      expect(await readFile(join(folder, name), "utf8")).not.toMatch(new RegExp(`canary|s3cret|${token}`));
    }
  });

  test("names a variable that is not set", async () => {
    const launch = launched({ headers: { Authorization: "NOT_SET" } });
    await under.runner.start(launch);
    expect(await under.runner.poll(launch.key)).toMatchObject({
      message: "expected NOT_SET in the environment, found none",
    });
  });

  test.each(["EMPTY_SECRET", "KEYLESS_SECRET"])("fails at once with a secret without a key: %s", async (secret) => {
    const launch = launched({ secret });
    await under.runner.start(launch);
    expect(await under.runner.poll(launch.key)).toMatchObject({
      message: `expected a signing secret in ${secret} of the environment, got one without a key`,
    });
  });
});

test("does not call into the operator's network unless it is opened", async () => {
  const under = await makeRunner({ allow: [] });
  try {
    const launch = { ...launchOf(under.folder, "true"), webhook: settings() };
    const before = service.seen.length;
    await under.runner.start(launch);
    expect(await under.runner.poll(launch.key)).toMatchObject({
      state: "failed",
      message: expect.stringContaining("expected https"),
    });
    expect(service.seen.length).toBe(before);
  } finally {
    await under.close();
  }
});
