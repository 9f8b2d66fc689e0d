import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { acknowledge } from "../actions/ack.ts";
import { giveWord } from "../actions/decide-run.ts";
import { identifyToken } from "../actions/identify.ts";
import { linkedIncident, linkedRun, recipientIdentity } from "../actions/linked-page.ts";
import { permit } from "../actions/permit.ts";
import { silence } from "../actions/silence.ts";
import { DriftwardError } from "../core/errors.ts";
import type { Page } from "../core/notice.ts";
import { parseDuration } from "../core/units.ts";
import type { Links, OpenedLink } from "../ports/links.ts";
import { silenceSpans } from "../render/pages/form.ts";
import { incidentPage } from "../render/pages/incident-page.ts";
import { messagePage } from "../render/pages/message-page.ts";
import { pagePolicy } from "../render/pages/page.ts";
import { runPage } from "../render/pages/run-page.ts";
import type { AdvancePorts } from "../stages/run/ports.ts";

export interface PagesParts {
  readonly services: AdvancePorts;
  readonly links: Links;
  /** Where others reach the pages: a form comes from there, or from nowhere that is told. */
  readonly publicUrl: string;
}

interface Address {
  readonly Params: { readonly number: string; readonly capability: string };
}

/** A form's fields; what was sent twice is what was sent last. */
type Fields = Readonly<Record<string, string>>;

type Act = (parts: PagesParts, number: number, opened: OpenedLink, fields: Fields) => Promise<unknown>;

const largestForm = 16 * 1024;
const longestField = 500;

/** What was done, as the page then says it; the address of the page carries the word. */
const done: Readonly<Record<string, string>> = {
  acknowledge: "It is taken on, under your address.",
  silence: "It is silenced, under your address.",
  approve: "It is approved, under your token's name.",
  reject: "It is rejected, under your token's name.",
};

/**
 * The pages that links in mails lead to. Looking changes nothing, whoever looks: programs that follow links do no harm.
 * Only a form of the page acts, which brings back what is on that page alone. No cookie is set or read.
 */
export function addPages(app: FastifyInstance, parts: PagesParts): void {
  app.register(async (pages) => {
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: largestForm },
      (_request, body, parsed) => parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    pages.addHook("onSend", async (_request, reply) => {
      reply.headers({ ...pageHeaders, ...(parts.publicUrl.startsWith("https:") ? transportHeaders : {}) });
    });
    pages.setErrorHandler((error, _request, reply) => answerProblem(reply, error));
    pages.get<Address>("/incidents/:number/:capability", async (request, reply) => {
      const opened = await openLink(parts, "incident", request);
      const { incident, notice, events } = await linkedIncident(parts.services, opened);
      const { capability, form, recipient } = opened;
      const page = { notice, state: incident.state, events, capability, form, recipient, said: saidOf(request) };
      return answerPage(reply, incidentPage(page));
    });
    pages.get<Address>("/runs/:number/:capability", async (request, reply) => {
      const opened = await openLink(parts, "run", request);
      const { run, notice, waits, events } = await linkedRun(parts.services, opened);
      const { capability, form, recipient } = opened;
      const page = { notice, state: run.state, waits, events, capability, form, recipient, said: saidOf(request) };
      return answerPage(reply, runPage(page));
    });
    for (const [act, work] of Object.entries(acts))
      pages.post<Address & { readonly Body: Fields }>(
        `/${work.about}s/:number/:capability/${act}`,
        async (request, reply) => {
          const opened = await openLink(parts, work.about, request);
          requireOwnForm(parts, request, opened);
          await work.act(parts, opened.number, opened, request.body);
          return reply.code(303).header("location", `../${opened.capability}?done=${act}`).send();
        },
      );
  });
}

const pageHeaders = {
  "content-security-policy": pagePolicy,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex, nofollow",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

const transportHeaders = { "strict-transport-security": "max-age=31536000" };

const acts: Readonly<Record<string, { readonly about: Page["about"]; readonly act: Act }>> = {
  acknowledge: {
    about: "incident",
    act: async ({ services }, number, { recipient }, { note }) => {
      const { model } = await linkedIncident(services, { number, recipient });
      const identity = recipientIdentity(recipient, model);
      await permit(services, identity, { act: "acknowledge", on: { incident: String(number) } });
      const given = fitting(note, "a note", 0);
      const told = { name: String(number), note: given === "" ? undefined : given, actor: identity.actor };
      await acknowledge(services, told);
    },
  },
  silence: {
    about: "incident",
    act: async ({ services }, number, { recipient }, fields) => {
      const span = silenceSpans.find((one) => one === fields["for"]);
      const reason = required(fields, "reason", "a reason");
      if (span === undefined) throw new DriftwardError("InvalidInput", `expected one of ${silenceSpans.join(", ")}`);
      const { model, incident } = await linkedIncident(services, { number, recipient });
      const identity = recipientIdentity(recipient, model);
      await permit(services, identity, { act: "silence", on: { model } });
      const { rule, segment } = incident;
      const { actor } = identity;
      const own = { model, rule, segment, ofIncident: true as const };
      await silence(services, { ...own, forMs: parseDuration(span), reason, actor });
    },
  },
  approve: { about: "run", act: (parts, number, opened, fields) => word(parts, number, opened, fields, "approve") },
  reject: { about: "run", act: (parts, number, opened, fields) => word(parts, number, opened, fields, "reject") },
};

/** The link shows the run; the word is that of a token. */
async function word(
  { services }: PagesParts,
  number: number,
  { recipient }: OpenedLink,
  fields: Fields,
  given: "approve" | "reject",
): Promise<void> {
  const reason = required(fields, "reason", "a reason");
  await linkedRun(services, { number, recipient });
  const identity = await identifyToken(services, (fields["token"] ?? "").trim());
  await permit(services, identity, { act: "approve", on: { run: number } });
  await giveWord(services, { run: number, word: given, reason, actor: identity.actor });
}

function required(fields: Fields, name: string, what: string): string {
  return fitting(fields[name], what, 1);
}

/** A field as it stands in the record for good: not too long, and of one line. */
function fitting(field: string | undefined, what: string, shortest: number): string {
  const text = (field ?? "").trim();
  if (text.length >= shortest && text.length <= longestField && !/\p{Cc}/u.test(text)) return text;
  throw new DriftwardError(
    "InvalidInput",
    `expected ${what} of ${shortest} to ${longestField} characters, none of them a control character`,
    { hint: "go back and write it anew" },
  );
}

interface Opened extends OpenedLink {
  readonly number: number;
  readonly capability: string;
}

async function openLink(
  { links, services }: PagesParts,
  about: Page["about"],
  { params }: { readonly params: Address["Params"] },
): Promise<Opened> {
  const number = /^[1-9]\d{0,8}$/.test(params.number) ? Number(params.number) : undefined;
  if (number === undefined) throw new DriftwardError("NotFound", unknownLink);
  const opened = await links.open({ about, number }, params.capability, services.clock.now());
  if (opened === "unknown") throw new DriftwardError("NotFound", unknownLink);
  if (opened === "expired") throw new ExpiredLink();
  return { ...opened, number, capability: params.capability };
}

const unknownLink = "there is nothing here";

class ExpiredLink extends Error {}

/** A form comes from the page: it has what only the page has, and no browser says that it is from elsewhere. */
function requireOwnForm({ publicUrl }: PagesParts, request: FastifyRequest<{ Body: Fields }>, opened: Opened): void {
  const [given, own] = [Buffer.from(request.body?.["form"] ?? ""), Buffer.from(opened.form)];
  const { origin, "sec-fetch-site": site } = request.headers;
  const elsewhere =
    (site !== undefined && site !== "same-origin") ||
    (origin !== undefined && origin !== "null" && origin !== new URL(publicUrl).origin);
  if (given.length === own.length && timingSafeEqual(given, own) && !elsewhere) return;
  throw new DriftwardError("NotAllowed", "this form does not come from the page", { hint: "open the link again" });
}

function saidOf({ query }: FastifyRequest): string | undefined {
  const act = (query as Readonly<Record<string, unknown>>)["done"];
  return typeof act === "string" && Object.hasOwn(done, act) ? done[act] : undefined;
}

function answerPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").send(html);
}

const statuses: Readonly<Record<string, number>> = {
  NotFound: 404,
  NotAllowed: 403,
  Conflict: 409,
  Refused: 409,
  InvalidInput: 400,
};

/** What is for people is told; of what went wrong inside strangers learn nothing. */
function answerProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const page = (status: number, message: string, hint?: string) =>
    reply.code(status).type("text/html; charset=utf-8").send(messagePage(message, hint));
  if (error instanceof ExpiredLink)
    return page(410, "this link has run out", "the next mail has a new one; the command line works as well");
  const status = error instanceof DriftwardError ? statuses[error.code] : undefined;
  if (error instanceof DriftwardError && status !== undefined) return page(status, error.message, error.hint);
  const code = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  return code >= 400 && code < 500 ? page(code, "this request cannot be read") : page(500, "something failed");
}
