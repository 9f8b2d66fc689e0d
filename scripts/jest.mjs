// Runs jest with the flags that ES modules need; arguments pass through.
import { spawnSync } from "node:child_process";

const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
const jest = ["node_modules/jest/bin/jest.js", ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, [...flags, ...jest], { stdio: "inherit" }).status ?? 1);
