import type { DataFrame } from "danfojs-node";
import { DriftwardError } from "../core/errors.ts";

export type Danfo = typeof import("danfojs-node");

/**
 * danfojs-node, loaded when a frame is first made: it is large, and optional.
 *
 * @param load  how it is loaded; by its name when absent
 * @throws InvalidInput when it is not installed
 */
export async function loadDanfo(load: () => Promise<unknown> = () => import("danfojs-node")): Promise<Danfo> {
  try {
    const loaded = (await load()) as Danfo & { readonly default?: Danfo };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new DriftwardError("InvalidInput", "expected danfojs-node beside driftward, could not load it", {
      hint: 'add "overrides": { "xlsx": "npm:xlsx@0.18.5", "@tensorflow/tfjs-node": "npm:@tensorflow/tfjs@^4.22.0" } to package.json, then: npm install danfojs-node@1.2.0',
      cause,
    });
  }
}

/** As much of a DataFrame as is read here, so that frames of any build of danfojs will do. */
export type Frame = Pick<DataFrame, "columns" | "shape" | "column">;
