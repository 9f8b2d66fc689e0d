import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The compiled file of a module that runs as a process of its own: plain Node cannot run TypeScript, so a module under
 * `src` (as in the tests) is found under `dist/src`, and a compiled one beside the caller.
 *
 * @param module  URL of the module, ending in .ts
 */
export function childEntry(module: URL): string {
  const path = fileURLToPath(module);
  const compiled = path.replace(/\.ts$/, ".js");
  if (existsSync(compiled)) return compiled;
  for (let root = dirname(path); root !== dirname(root); root = dirname(root))
    if (existsSync(join(root, "package.json"))) return join(root, "dist", relative(root, compiled));
  return compiled;
}
