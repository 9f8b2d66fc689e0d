import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, test } from "@jest/globals";

/** Who may import whom; what is not named here is forbidden. ARCHITECTURE.md draws the same. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src/core": [],
  "src/ports": ["src/core"],
  "src/stages": ["src/core", "src/ports"],
  "src/actions": ["src/core", "src/ports", "src/stages"],
  "src/render": ["src/core"],
  "src/adapters": ["src/core", "src/ports", "src/render"],
  "src/frames": ["src/core", "src/index.ts"],
  "src/cli": ["src/core", "src/ports", "src/stages", "src/actions", "src/render", "src/config.ts"],
  "src/http": ["src/core", "src/ports", "src/stages", "src/actions", "src/render", "src/config.ts"],
  "src/data-paths.ts": [],
  "src/config.ts": ["src/core", "src/data-paths.ts"],
  "src/data-folder.ts": ["src/core"],
  "src/node-version.ts": ["src/core"],
  "src/open-engine.ts": ["src/core", "src/ports", "src/adapters", "src/config.ts"],
  "src/compose.ts": [
    "src/core",
    "src/ports",
    "src/stages",
    "src/actions",
    "src/render",
    "src/adapters",
    "src/config.ts",
    "src/data-folder.ts",
    "src/open-engine.ts",
  ],
  "src/probes.ts": [
    "src/core",
    "src/ports",
    "src/actions",
    "src/adapters",
    "src/config.ts",
    "src/data-folder.ts",
    "src/node-version.ts",
    "src/compose.ts",
  ],
  "src/library": [
    "src/core",
    "src/ports",
    "src/stages",
    "src/actions",
    "src/render",
    "src/adapters",
    "src/config.ts",
    "src/compose.ts",
  ],
  "src/index.ts": [
    "src/library",
    "src/core",
    "src/ports",
    "src/stages",
    "src/actions",
    "src/render",
    "src/adapters",
    "src/config.ts",
    "src/compose.ts",
  ],
  "src/serve.ts": ["src", "workers"],
  "src/main.ts": ["src", "workers"],
  workers: ["src/core", "src/ports", "src/stages", "src/config.ts"],
};

/** The order inside core: a folder may import those before it, and the files that stand beside the folders. */
const coreOrder = [
  "identity",
  "metrics",
  "statistics",
  "profile",
  "prediction",
  "table",
  "schedule",
  "quarantine",
  "policy",
  "drift",
  "incident",
  "calibration",
  "run",
  "replay",
  "audit",
];

/** What core must never reach: the world outside. `node:crypto` is left out: a hash is a function of its input. */
const outside = /^node:(?!crypto$)|^(fs|net|http|https|child_process|os|process)$/;

const root = process.cwd();
const sources = ["src", "workers"].flatMap((folder) => listFiles(folder)).filter((file) => file.endsWith(".ts"));

function listFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

interface Import {
  readonly from: string;
  readonly to: string;
}

const imports: readonly Import[] = sources.flatMap((from) => {
  const text = readFileSync(join(root, from), "utf8");
  const names = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  return names.map((to) => ({
    from,
    to: to.startsWith(".") ? relative(root, normalize(join(root, dirname(from), to))) : to,
  }));
});

function layerOf(file: string): string {
  return Object.keys(mayImport).find((layer) => file === layer || file.startsWith(`${layer}/`)) ?? file;
}

test("the imports of every source file were found", () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(imports.length).toBeGreaterThan(sources.length);
});

test("a layer imports only the layers that it may", () => {
  const inside = imports.filter(({ to }) => sources.includes(to));
  const forbidden = inside.filter(({ from, to }) => {
    const [layer, target] = [layerOf(from), layerOf(to)];
    return (
      layer !== target && !(mayImport[layer] ?? []).some((allowed) => to === allowed || to.startsWith(`${allowed}/`))
    );
  });
  expect(forbidden).toEqual([]);
});

describe("core", () => {
  const own = imports.filter(({ from }) => from.startsWith("src/core/"));

  test("is pure: nothing from outside", () => {
    expect(own.filter(({ to }) => outside.test(to))).toEqual([]);
  });

  test("asks no clock, no randomness, no environment", () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bperformance\.now\(|\bsetTimeout\(/;
    const code = (file: string) => readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect(sources.filter((file) => file.startsWith("src/core/") && impure.test(code(file)))).toEqual([]);
  });

  test("a folder imports only those before it", () => {
    const folderOf = (file: string) => /^src\/core\/([^/]+)\//.exec(file)?.[1];
    const backwards = own.filter(({ from, to }) => {
      const [here, there] = [folderOf(from), folderOf(to)];
      return here !== there && there !== undefined && coreOrder.indexOf(there) >= coreOrder.indexOf(here ?? "");
    });
    const types = backwards.filter(({ from, to }) => !isTypeOnly(from, to));
    expect(types).toEqual([]);
  });
});

/** Whether a file takes only types from another: types may be named before the folder that works with them. */
function isTypeOnly(from: string, to: string): boolean {
  const text = readFileSync(join(root, from), "utf8");
  const name = to.split("/").at(-1) ?? "";
  const lines = [...text.matchAll(/^import\s[\s\S]*?from\s+"([^"]+)";/gm)].filter((match) =>
    match[1]?.endsWith(`/${name}`),
  );
  return lines.every((match) => match[0].startsWith("import type"));
}

test("every folder of core has its place in the order", () => {
  const folders = readdirSync(join(root, "src/core"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).filter((name) => !coreOrder.includes(name))).toEqual([]);
});

test("only config.ts reads the environment", () => {
  const readers = sources.filter((file) => /\bprocess\.env\b/.test(readFileSync(join(root, file), "utf8")));
  const allowed = ["src/config.ts", "src/main.ts"];
  expect(readers.filter((file) => !allowed.includes(file) && !file.startsWith("src/adapters/"))).toEqual([]);
});

test("only what starts workers opens the queue: other commands and pages leave tasks in the outbox", () => {
  const openers = sources.filter((file) => /\bworkers: true\b/.test(readFileSync(join(root, file), "utf8")));
  expect(openers).toEqual(["src/cli/commands/demo.ts", "src/cli/commands/up.ts"]);
  const queues = sources.filter((file) => /\bcreateBullMqQueue\(/.test(readFileSync(join(root, file), "utf8")));
  expect(queues).toEqual(["src/adapters/bullmq/queue.ts", "src/compose.ts"]);
});

test("files stay below 300 lines", () => {
  const long = sources.filter((file) => readFileSync(join(root, file), "utf8").split("\n").length > 301);
  expect(long).toEqual([]);
});

test("a test file has the source file that it is named for", () => {
  const mirrored = listFiles("test").filter((file) =>
    /^test\/(core|ports|stages|actions|render|adapters|cli)\/.*\.test\.ts$/.test(file),
  );
  const orphans = mirrored.filter((file) => {
    const source = file.replace(/^test\//, "src/").replace(/\.test\.ts$/, ".ts");
    return !existsSync(join(root, source)) && !existsSync(join(root, dirname(source)));
  });
  expect(orphans).toEqual([]);
});

test("the project speaks of itself alone", () => {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  const files = tracked
    .split("\n")
    .filter((file) => /\.(ts|mjs|md|yaml|json|sql|py)$/.test(file) && existsSync(join(root, file)));
  const machine = /\/(work|home|root)\/[a-z]|\.\.\/shared\b|registry\.npmjs/;
  const skip = new Set(["package-lock.json", "test/architecture.test.ts"]);
  expect(files.filter((file) => !skip.has(file) && machine.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});
