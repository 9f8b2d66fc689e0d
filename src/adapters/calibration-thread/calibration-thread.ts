import { Worker } from "node:worker_threads";
import type { Calibration } from "../../core/calibration/calibrate.ts";
import { DriftwardError } from "../../core/errors.ts";
import type { Calibrator } from "../../ports/calibrator.ts";
import { childEntry } from "../child-entry.ts";

/** Calibrates in a thread of its own, started for each: calibrations are rare, and what they held is gone after them. */
export const calibrateInThread: Calibrator = (input) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(childEntry(new URL("./thread.ts", import.meta.url)), {
      workerData: input,
      // No secret of the environment is needed.
      env: {},
      execArgv: [],
    });
    worker.once("message", (calibration: Calibration) => resolve(calibration));
    worker.once("error", (cause) => reject(failed(cause)));
    worker.once("exit", (code) => reject(failed(`exit code ${code}`)));
  });

function failed(cause: unknown): DriftwardError {
  return new DriftwardError("EngineFailed", `expected a calibration, got ${String(cause)}`, {
    hint: "a baseline with fewer features or fewer hours needs less memory",
    cause,
  });
}
