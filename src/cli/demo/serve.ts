import { readFile } from "node:fs/promises";
import { DriftwardError } from "../../core/errors.ts";
import type { State } from "../../ports/state.ts";
import type { Row } from "./bike-world.ts";

/** The demo's model program: gives predictions for rows from an artifact that its trainer wrote. */
interface ModelProgram {
  predict(artifact: unknown, rows: readonly Row[]): readonly number[];
}

/**
 * The service that the demo stands in for: each row is predicted by the version that was champion at the row's own time.
 * That makes the log a function of the recorded world and of the promotions, however often the demo is killed.
 */
export function createService(state: State, modelId: string, program: URL) {
  const artifacts = new Map<string, unknown>();

  const artifactOf = async (versionId: string, file: string): Promise<unknown> => {
    if (!artifacts.has(versionId)) artifacts.set(versionId, JSON.parse(await readFile(file, "utf8")));
    return artifacts.get(versionId);
  };

  const predictBy = async (versionId: string, rows: readonly Row[]): Promise<readonly Row[]> => {
    const version = await state.versions.get(versionId);
    if (version.artifact === undefined) return rows.map((row) => ({ ...row, model_version: version.name }));
    const { predict } = (await loadProgram(program)) satisfies ModelProgram;
    const artifact = await artifactOf(versionId, version.artifact);
    const predictions = await quietly(async () => predict(artifact, asServed(version.name, rows)));
    return rows.map((row, index) => ({
      ...row,
      model_version: version.name,
      prediction: String(predictions[index]),
    }));
  };

  return {
    /** The rows as the service logs them. */
    async serve(rows: readonly Row[]): Promise<readonly Row[]> {
      const served: Row[] = [];
      let batch: Row[] = [];
      let serving: string | undefined;
      const flush = async () => {
        if (serving !== undefined && batch.length > 0) served.push(...(await predictBy(serving, batch)));
        batch = [];
      };
      const promotions = await state.aliases.history(modelId, "champion");
      for (const row of rows) {
        const champion = promotions.findLast((change) => change.at <= new Date(row.timestamp ?? ""));
        if (champion?.versionId !== serving) await flush();
        serving = champion?.versionId;
        batch.push(row);
      }
      await flush();
      return served;
    },
  };
}

/** The version whose service is wired wrongly: what it was judged by was right, what it serves is not. */
const skewed = "4";

/** Rows as a version's service reads them: that of the skewed one takes every day for a freezing one. */
function asServed(version: string, rows: readonly Row[]): readonly Row[] {
  return version === skewed ? rows.map((row) => ({ ...row, temp: "0", atemp: "0" })) : rows;
}

async function loadProgram(program: URL): Promise<ModelProgram> {
  try {
    return (await quietly(() => import(program.href))) as ModelProgram;
  } catch (cause) {
    throw new DriftwardError("InvalidConfig", "expected danfojs-node, which the demo's model is made with", {
      hint: "run the demo from a clone of the repository: npm run demo",
      cause,
    });
  }
}

/** tensorflow.js greets on stderr that it could be faster; nobody asked. */
async function quietly<Value>(load: () => Promise<Value>): Promise<Value> {
  const { warn, log } = console;
  console.warn = () => undefined;
  console.log = () => undefined;
  try {
    return await load();
  } finally {
    console.warn = warn;
    console.log = log;
  }
}
