// Compiles src and workers to dist and puts the .sql migrations beside the compiled code that reads them.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
const migrations = "src/adapters/postgres/migrations";
if (existsSync(migrations)) cpSync(migrations, `dist/${migrations}`, { recursive: true });
if (existsSync("dist/src/main.js")) chmodSync("dist/src/main.js", 0o755);
