import type { Calibration, CalibrationInput } from "../core/calibration/calibrate.ts";

/** Asks `calibrate` without keeping the event loop waiting, which renews locks meanwhile. */
export type Calibrator = (input: CalibrationInput) => Promise<Calibration>;
