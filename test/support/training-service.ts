import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname } from "node:path";

/** What the service was asked. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Another system that trains: it takes requests, runs their command with `sh`, and calls back. */
export interface TrainingService {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Answers this in place of taking what comes; undefined takes again. */
  answer: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | undefined;
  /** Whether what is taken is run. */
  runs: boolean;
  close(): Promise<void>;
}

interface Data {
  readonly run_id: string;
  readonly command: readonly string[];
  readonly parameters: unknown;
  readonly training: string;
  readonly evaluation: string;
  readonly result: string;
  readonly callback: string;
}

export const serviceSecret = "canary-webhook-secret";

/** Listens on 127.0.0.1; paths: `/train`, `/unwanted`, and `/status`, whose answer is set by `answer`. */
export async function startTrainingService(): Promise<TrainingService> {
  const seen: SeenRequest[] = [];
  const running = new Map<string, ChildProcess>();
  const handle = (path: string, body: string, headers: IncomingMessage["headers"], response: ServerResponse) => {
    seen.push({ path, headers, body });
    const { answer } = service;
    if (answer !== undefined) return response.writeHead(answer.status, answer.headers).end(answer.body);
    if (path !== "/train" && path !== "/unwanted") return response.writeHead(404).end();
    if (!isSigned(headers, body)) return response.writeHead(401).end();
    const { data } = JSON.parse(body) as { data: Data };
    if (path === "/unwanted") end(running.get(data.run_id));
    else if (service.runs && !running.has(data.run_id)) running.set(data.run_id, run(data));
    return response.writeHead(202).end();
  };
  const server = createServer((request, response) => {
    void textOf(request).then((body) => handle(request.url ?? "", body, request.headers, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const service: TrainingService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: undefined,
    runs: true,
    async close() {
      for (const child of running.values()) end(child);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return service;
}

function run({ run_id, command: [program = "", ...rest], parameters, training, evaluation, result, callback }: Data) {
  const env = {
    PATH: process.env.PATH,
    DRIFTWARD_RUN_ID: run_id,
    DRIFTWARD_PARAMETERS: JSON.stringify(parameters),
    DRIFTWARD_TRAINING_DATA: training,
    DRIFTWARD_EVALUATION: evaluation,
    DRIFTWARD_OUTPUT: dirname(result),
  };
  const child = spawn(program, rest, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const output of [child.stdout, child.stderr]) output.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.on("close", (code) => {
    const word = code === 0 ? { state: "succeeded", log } : { state: "failed", exit_code: code ?? -1, log };
    // Nobody may wait for it any more.
    post(callback, word).catch(() => undefined);
  });
  return child;
}

/** With all that it started: they hold its outputs open. */
function end(child: ChildProcess | undefined): void {
  if (child?.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended in between.
  }
}

export async function post(url: string, word: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: JSON.stringify(word),
    headers: { "content-type": "application/json" },
  });
}

/** As standardwebhooks.com has it. */
function isSigned(headers: IncomingMessage["headers"], body: string): boolean {
  const text = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", serviceSecret).update(text).digest("base64")}`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
