import { type LookupAddress, lookup } from "node:dns";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { DriftwardError } from "../../core/errors.ts";
import { type AllowList, readAllowList } from "./allow-list.ts";
import { isInternalAddress } from "./internal-address.ts";

export interface GuardedRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the start to the last byte of the answer; 10 s when absent. */
  readonly timeoutMs?: number;
  /** Of the answer's body; 256 KiB when absent. */
  readonly largestAnswerBytes?: number;
}

export interface GuardedAnswer {
  /** As it came: no redirect is followed. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * Calls a URL of a policy's or an operator's choice.
 *
 * @throws Refused when the URL leads where webhooks must not go; DeliveryFailed when there is no whole answer.
 *         Neither tells more of the URL than its host: paths and queries may hold secrets.
 */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedAnswer>;

export interface GuardedFetchOptions {
  /** Hosts, addresses and networks that may be called although they are internal, and without TLS. */
  readonly allow: readonly string[];
  /** How names are looked up; the system's resolver when absent. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

const usualTimeoutMs = 10_000;
const usualAnswerBytes = 256 * 1024;

/**
 * A client for webhooks that cannot be led into the operator's own network: https only, no redirects, and the address
 * itself is judged, at the moment of connecting, so that a name that leads elsewhere a second later gains nothing.
 */
export function createGuardedFetch({ allow, resolve = resolveHost }: GuardedFetchOptions): GuardedFetch {
  const allowed = readAllowList(allow);
  return async (text, request) => {
    const url = readUrl(text);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const judge = (address: string, family: 4 | 6) => refusalOf(url, host, { address, family }, allowed);
    const family = isIP(host);
    // No name is looked up for an address, so it is judged here.
    const refusal = family === 0 ? undefined : judge(host, family === 4 ? 4 : 6);
    if (refusal !== undefined) throw refusal;
    return send(url, request, guardedLookup(resolve, judge));
  };
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw new DriftwardError("Refused", "expected an https URL to call, got something else");
  if (url.username !== "" || url.password !== "")
    throw new DriftwardError("Refused", `expected no user or password in the URL of ${url.host}`, {
      hint: "hand them over in a header",
    });
  return url;
}

/** Why an address may not be connected to; undefined when it may. */
function refusalOf(
  url: URL,
  host: string,
  { address, family }: { readonly address: string; readonly family: 4 | 6 },
  allowed: AllowList,
): DriftwardError | undefined {
  if (allowed.hasHost(host.toLowerCase()) || allowed.hasAddress(address, family)) return undefined;
  const hint = "the operator can open it: outgoing.allow in driftward.yaml";
  if (url.protocol === "http:")
    return new DriftwardError("Refused", `expected https for ${url.host}, got http`, { hint });
  return isInternalAddress(address, family)
    ? new DriftwardError("Refused", `${url.host} leads to an internal address`, { hint })
    : undefined;
}

async function resolveHost(host: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });
}

/** Hands on only addresses that were judged; one that may not be connected to refuses the name as a whole. */
function guardedLookup(
  resolve: (host: string) => Promise<readonly LookupAddress[]>,
  judge: (address: string, family: 4 | 6) => DriftwardError | undefined,
): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host).then(
      (addresses) => {
        const refusals = addresses.map(({ address, family }) => judge(address, family === 4 ? 4 : 6));
        const refusal = refusals.find((one) => one !== undefined);
        const [first] = addresses;
        if (refusal !== undefined) callback(refusal, []);
        else if (first === undefined) callback(new Error(`no address of ${host}`), []);
        else if (all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, []),
    );
  };
}

function send(url: URL, request: GuardedRequest, lookupGuarded: LookupFunction): Promise<GuardedAnswer> {
  const { method, headers = {}, body, timeoutMs = usualTimeoutMs } = request;
  const start = url.protocol === "https:" ? requestSecure : requestPlain;
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(failureOf(url, cause, signal.aborted ? timeoutMs : undefined));
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    try {
      // A connection of its own: one that is kept would not be judged again.
      const options = { method, headers: { ...headers, ...length }, lookup: lookupGuarded, signal, agent: false };
      const call = start(url, options, (answer) => {
        readAnswer(answer, request.largestAnswerBytes ?? usualAnswerBytes).then(resolve, fail);
      });
      call.on("error", fail);
      call.end(body);
    } catch (error) {
      fail(error);
    }
  });
}

async function readAnswer(answer: IncomingMessage, largest: number): Promise<GuardedAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largest) throw new Error(`expected an answer of at most ${largest} bytes`);
    chunks.push(chunk);
  }
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    text: Buffer.concat(chunks).toString("utf8"),
  };
}

function failureOf(url: URL, cause: unknown, lateMs: number | undefined): DriftwardError {
  if (cause instanceof DriftwardError) return cause;
  const why = lateMs === undefined ? reasonOf(cause) : `no whole answer within ${lateMs} ms`;
  return new DriftwardError("DeliveryFailed", `${url.host} could not be called: ${why}`, { cause });
}

function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "the connection failed";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return "message" in cause ? String(cause.message) : "the connection failed";
}
