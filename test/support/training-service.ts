import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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
  readonly predictions: string;
  readonly callback: string;
}

export const serviceSecret = "canary-webhook-secret";

/** Listens on 127.0.0.1; paths: `/train`, `/unwanted`, and `/status`, whose answer is set by `answer`. */
export async function startTrainingService(): Promise<TrainingService> {
  const seen: SeenRequest[] = [];
  const taken = new Set<string>();
  const running = new Map<string, ChildProcess>();
  const handle = (path: string, body: string, headers: IncomingMessage["headers"], response: ServerResponse) => {
    seen.push({ path, headers, body });
    const { answer } = service;
    if (answer !== undefined) return response.writeHead(answer.status, answer.headers).end(answer.body);
    if (path !== "/train" && path !== "/unwanted") return response.writeHead(404).end();
    if (!isSigned(headers, body)) return response.writeHead(401).end();
    const { data } = JSON.parse(body) as { data: Data };
    if (path === "/unwanted") end(running.get(data.run_id));
    else if (service.runs && !taken.has(data.run_id)) {
      taken.add(data.run_id);
      // Nobody may wait for its end any more.
      train(data, (child) => running.set(data.run_id, child)).catch(() => undefined);
    }
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

/** Runs a training's command on the files it was told of, fetched first where they are URLs, and tells its end. */
async function train(data: Data, started: (child: ChildProcess) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "driftward-elsewhere-"));
  try {
    const isShared = !data.training.startsWith("http");
    const [training, evaluation] = isShared
      ? [data.training, data.evaluation]
      : [
          await download(data.training, join(folder, "training.parquet")),
          await download(data.evaluation, join(folder, "evaluation.parquet")),
        ];
    const output = isShared ? dirname(data.result) : folder;
    const { code, log } = await run(data, { training, evaluation, output }, started);
    if (code === 0 && !isShared) {
      await upload(join(output, "predictions.parquet"), data.predictions);
      await upload(join(output, "result.json"), data.result);
    }
    await post(data.callback, code === 0 ? { state: "succeeded", log } : { state: "failed", exit_code: code, log });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  { run_id, command: [program = "", ...rest], parameters }: Data,
  files: { readonly training: string; readonly evaluation: string; readonly output: string },
  started: (child: ChildProcess) => void,
): Promise<{ readonly code: number; readonly log: string }> {
  const env = {
    PATH: process.env.PATH,
    DRIFTWARD_RUN_ID: run_id,
    DRIFTWARD_PARAMETERS: JSON.stringify(parameters),
    DRIFTWARD_TRAINING_DATA: files.training,
    DRIFTWARD_EVALUATION: files.evaluation,
    DRIFTWARD_OUTPUT: files.output,
  };
  const child = spawn(program, rest, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  started(child);
  let log = "";
  for (const output of [child.stdout, child.stderr])
    output.on("data", (chunk: Buffer) => {
      log += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code: code ?? -1, log };
}

async function download(url: string, path: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

async function upload(path: string, url: string): Promise<void> {
  if (!existsSync(path)) return;
  const answer = await fetch(url, { method: "PUT", body: new Uint8Array(await readFile(path)) });
  if (!answer.ok) throw new Error(`${answer.status}`);
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
