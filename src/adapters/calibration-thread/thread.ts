import { parentPort, workerData } from "node:worker_threads";
import { type CalibrationInput, calibrate } from "../../core/calibration/calibrate.ts";

/* One calibration, in a thread of its own: what it is given comes with its start, and it ends with its answer. */

parentPort?.postMessage(calibrate(workerData as CalibrationInput));
