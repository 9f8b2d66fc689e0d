import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { z } from "zod";
import { DriftwardError } from "../core/errors.ts";
import {
  downloads,
  type NotTaken,
  type Ticket,
  type TransferKind,
  type Transfers,
  uploads,
} from "../ports/transfers.ts";
import { addPages, type PagesParts } from "./pages.ts";

export interface AppParts {
  readonly transfers: Transfers;
  readonly largestUploadBytes: number;
  /** Pages that links in mails lead to; none when absent. */
  readonly pages?: PagesParts;
}

/** A link's capability has a few hundred characters. */
const longestParam = 700;
const largestWord = 512 * 1024;

const wordSchema = z.strictObject({
  state: z.enum(["succeeded", "failed"]),
  message: z.string().max(2_000).optional(),
  exit_code: z.int().optional(),
  log: z.string().max(largestWord).optional(),
});

const path = (kind: TransferKind) => `/v1/transfers/:key/${kind}/:token`;

/**
 * What other systems reach: the one-time URLs of trainings that run elsewhere. It logs nothing, because its paths are
 * secrets, and tells strangers nothing of what went wrong inside.
 */
export function createApp({ transfers, largestUploadBytes, pages }: AppParts): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: largestWord * 2,
    requestTimeout: 0,
    routerOptions: { maxParamLength: longestParam },
  });
  app.setErrorHandler((error, _request, reply) => answerError(reply, error));
  app.setNotFoundHandler((_request, reply) => answerNotTaken(reply, "unknown"));
  if (pages !== undefined) addPages(app, pages);
  // Files are streamed, whatever their sender calls them.
  app.register(async (files) => {
    files.removeAllContentTypeParsers();
    files.addContentTypeParser("*", (_request, content, parsed) => parsed(null, content));
    for (const kind of uploads)
      files.put<{ Params: { key: string; token: string } }>(
        path(kind),
        { bodyLimit: largestUploadBytes },
        async ({ params, body, raw }, reply) => {
          const content = (body ?? raw) as Readable;
          const taken = await transfers.upload({ kind, ...params }, content, largestUploadBytes);
          return taken === "taken" ? reply.code(201).send({ taken: true }) : answerNotTaken(reply, taken);
        },
      );
  });
  for (const kind of downloads)
    app.get<{ Params: { key: string; token: string } }>(path(kind), { exposeHeadRoute: false }, ({ params }, reply) =>
      answerDownload(reply, transfers, { kind, ...params }),
    );
  app.post<{ Params: { key: string; token: string } }>(path("callback"), async ({ params, body }, reply) => {
    const parsed = wordSchema.safeParse(body);
    if (!parsed.success)
      return reply.code(400).send({ error: `expected a word of the end: ${z.prettifyError(parsed.error)}` });
    const { state, message, exit_code, log } = parsed.data;
    const taken = await transfers.tell(
      { kind: "callback", ...params },
      {
        state,
        ...(message === undefined ? {} : { message }),
        ...(exit_code === undefined ? {} : { exitCode: exit_code }),
        ...(log === undefined ? {} : { log }),
      },
    );
    return taken === "taken" ? reply.send({ taken: true }) : answerNotTaken(reply, taken);
  });
  return app;
}

async function answerDownload(reply: FastifyReply, transfers: Transfers, ticket: Ticket): Promise<FastifyReply> {
  const found = await transfers.download(ticket);
  if (typeof found === "string") return answerNotTaken(reply, found);
  const headers = { "content-type": "application/vnd.apache.parquet", "content-length": String(found.bytes) };
  const file = createReadStream(found.path);
  // An interrupted transfer may be tried again: only one that was sent whole spends the URL.
  reply.raw.once("finish", () => void found.spend().catch(() => undefined));
  return reply.headers({ ...headers, "cache-control": "no-store" }).send(file);
}

function answerNotTaken(reply: FastifyReply, why: NotTaken): FastifyReply {
  return why === "unknown"
    ? reply.code(404).send({ error: "there is nothing here" })
    : reply.code(410).send({ error: "this URL was used, ran out, or its training has ended" });
}

function answerError(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof DriftwardError && error.code === "Refused")
    return reply.code(413).send({ error: error.message });
  const status = typeof error === "object" && error !== null && "statusCode" in error ? Number(error.statusCode) : 500;
  const isTheirs = status >= 400 && status < 500;
  return reply
    .code(isTheirs ? status : 500)
    .send({ error: isTheirs ? "this request cannot be read" : "something failed" });
}
