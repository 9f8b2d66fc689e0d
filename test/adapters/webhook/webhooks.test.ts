import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { createWebhooks, type WebhookTarget } from "../../../src/adapters/webhook/webhooks.ts";
import { notices } from "../../render/mail/notices.ts";

let server: Server;
let url: string;
let answer = 204;
const seen: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push({ headers: request.headers, body });
    response.writeHead(answer, { location: "http://169.254.169.254/" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://pager.example.com:${(server.address() as AddressInfo).port}/hook?token=s3cret`;
});
beforeEach(() => {
  answer = 204;
  seen.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const notice = notices["drift-opened"];
if (notice === undefined) throw new Error("no notice");
const message = { id: "incident-12.opened.1@here", at: new Date("2026-05-04T00:10:00Z"), notice, instance: "here" };
const target = (more: Partial<WebhookTarget> = {}): WebhookTarget => ({
  ...{ url: { text: url }, secretVariable: "PAGER_SECRET", format: "cloudevents", allow: ["127.0.0.1"] },
  ...more,
});
const hooks = (pager: WebhookTarget, environment: Record<string, string> = { PAGER_SECRET: "whsec_c2VjcmV0" }) =>
  createWebhooks({
    ...{ targets: { pager }, environment, allow: [] },
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  });

test("a signed CloudEvent; sent twice, the same id and Idempotency-Key", async () => {
  await hooks(target()).send("pager", message);
  await hooks(target()).send("pager", message);
  const [first, second] = seen;
  const { headers, body } = first ?? { headers: {}, body: "" };
  expect(JSON.parse(body)).toMatchObject({ specversion: "1.0", id: message.id, type: "dev.driftward.incident.opened" });
  expect(headers).toMatchObject({
    "content-type": "application/cloudevents+json; charset=utf-8",
    "idempotency-key": message.id,
    "webhook-id": message.id,
  });
  const timestamp = Number(headers["webhook-timestamp"]);
  expect(Math.abs(Date.now() / 1_000 - timestamp)).toBeLessThan(60);
  const signature = createHmac("sha256", "secret").update(`${message.id}.${timestamp}.${body}`).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
  expect(second?.headers["idempotency-key"]).toBe(message.id);
  expect(second?.body).toBe(body);
});

test("a secret without a key signs nothing", async () => {
  const sent = seen.length;
  await expect(hooks(target(), { PAGER_SECRET: "whsec_" }).send("pager", message)).rejects.toMatchObject({
    code: "DeliveryFailed",
    message: "expected a signing secret, got one without a key",
  });
  expect(seen).toHaveLength(sent);
});

test("Slack's format, from a URL that only the environment knows, without a signature", async () => {
  const slack = target({ url: { variable: "SLACK_URL" }, secretVariable: undefined, format: "slack" });
  await hooks(slack, { SLACK_URL: url }).send("pager", message);
  expect(JSON.parse(seen[0]?.body ?? "{}")).toMatchObject({
    text: expect.stringMatching(/churn/),
    blocks: [{}, {}, {}],
  });
  expect(seen[0]?.headers["webhook-signature"]).toBeUndefined();
});

test.each([[302], [400], [429], [500]])("%i is no delivery, and is tried again", async (status) => {
  answer = status;
  await expect(hooks(target()).send("pager", message)).rejects.toMatchObject({
    ...{ code: "DeliveryFailed", retryable: true, message: `webhook "pager" answered ${status}` },
  });
  expect(seen).toHaveLength(1);
});

test("an address that is internal where it resolves is not called, without the operator's word", async () => {
  const secure = target({ url: { text: url.replace("http:", "https:") }, allow: [] });
  await expect(hooks(secure).send("pager", message)).rejects.toMatchObject({ code: "Refused" });
  await expect(hooks(target({ allow: [] })).send("pager", message)).rejects.toMatchObject({ code: "Refused" });
  expect(seen).toEqual([]);
});

test.each([
  ["a webhook that driftward.yaml does not name", "constructor", {}, /names no webhook "constructor"/],
  ["a secret that is not there", "pager", {}, /needs PAGER_SECRET/],
])("%s waits until it is", async (_, name, environment, said) => {
  const failure = await hooks(target(), environment)
    .send(name, message)
    .catch((error: Error) => error);
  expect(failure).toMatchObject({ code: "DeliveryFailed", retryable: true, message: expect.stringMatching(said) });
  expect(String(failure)).not.toContain("s3cret");
  expect(seen).toEqual([]);
});
