// `node --import` this to run TypeScript directly: children of tests must not depend on a build that may be stale.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const { transform } = await import("@swc/core");
  const source = await readFile(fileURLToPath(url), "utf8");
  const { code } = await transform(source, {
    filename: fileURLToPath(url),
    sourceMaps: "inline",
    jsc: { parser: { syntax: "typescript" }, target: "es2023" },
    module: { type: "es6" },
  });
  return { format: "module", source: code, shortCircuit: true };
}
