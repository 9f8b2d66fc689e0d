import { writeSync } from "node:fs";
import type { CountEngine } from "../../ports/count-engine.ts";
import { compareShadow } from "./compare-shadow.ts";
import { compareSides } from "./compare-sides.ts";
import { countRows } from "./count.ts";
import { describeFiles } from "./describe.ts";
import { asErrorMessage } from "./engine-errors.ts";
import { exactDistance } from "./exact-distance.ts";
import { findBatches } from "./find-batches.ts";
import { joinLabels } from "./join-labels.ts";
import { labelledHistory } from "./labelled-history.ts";
import { matchEvaluation } from "./match-evaluation.ts";
import type { Method, Reply, Request } from "./messages.ts";
import { profileRows } from "./profile.ts";
import { readEvaluation } from "./read-evaluation.ts";
import { readTableRows } from "./read-table-rows.ts";
import { sampleRows } from "./sample-rows.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import { unseenValues } from "./unseen-values.ts";
import { writeEvaluationRows } from "./write-evaluation-rows.ts";
import { writeRunData } from "./write-run-data.ts";
import { writeServedRows } from "./write-served-rows.ts";

/* The process that DuckDB lives in: a damaged file may crash it, and then it is only this that is gone. */

type Ask<M extends Method> = Parameters<CountEngine[M]>[0];

const answers: Record<Method, (session: Session, request: never) => Promise<unknown>> = {
  describe: (session, request: Ask<"describe">) => describeFiles(session, request),
  profile: (session, request: Ask<"profile">) => profileRows(session, request),
  count: (session, request: Parameters<typeof countRows>[1]) => countRows(session, request),
  sample: (session, request: Ask<"sample">) => sampleRows(session, request),
  unseenValues: (session, request: Ask<"unseenValues">) => unseenValues(session, request),
  compareSides: (session, request: Ask<"compareSides">) => compareSides(session, request),
  exactKolmogorovSmirnov: (session, request: Ask<"exactKolmogorovSmirnov">) => exactDistance(session, request),
  labelled: (session, request: Ask<"labelled">) => joinLabels(session, request),
  labelledHistory: (session, request: Ask<"labelledHistory">) => labelledHistory(session, request),
  writeRunData: (session, request: Ask<"writeRunData">) => writeRunData(session, request),
  writeServedRows: (session, request: Ask<"writeServedRows">) => writeServedRows(session, request),
  readEvaluation: (session, request: Ask<"readEvaluation">) => readEvaluation(session, request),
  batches: (session, request: Ask<"batches">) => findBatches(session, request),
  compareShadow: (session, request: Ask<"compareShadow">) => compareShadow(session, request),
  matchEvaluation: (session, request: Ask<"matchEvaluation">) => matchEvaluation(session, request),
  writeEvaluationRows: (session, request: Ask<"writeEvaluationRows">) => writeEvaluationRows(session, request),
  rows: (session, request: Ask<"rows">) => readTableRows(session, request),
};

const options = JSON.parse(process.argv[2] ?? "{}") as SessionOptions;
const opened = openSession(options);
// Whoever asks is told why.
opened.catch(() => {});

setInterval(() => {
  const held = process.memoryUsage.rss();
  if (held <= options.maxMemory) return;
  writeSync(2, `it held ${held} bytes of memory, more than the ${options.maxMemory} it may`);
  process.kill(process.pid, "SIGKILL");
}, 100).unref();

async function answer({ id, method, request }: Request): Promise<Reply> {
  try {
    const value = await answers[method](await opened, request as never);
    return { id, memory: process.memoryUsage.rss(), value };
  } catch (error) {
    return { id, memory: process.memoryUsage.rss(), error: asErrorMessage(error) };
  }
}

process.on("message", (request: Request) => {
  answer(request)
    .then((reply) => process.send?.(reply))
    .catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
});

// The parent is gone, or wants this process gone. A query in another thread must not delay it.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
