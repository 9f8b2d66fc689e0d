#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import picocolors from "picocolors";
import type { CliContext } from "./cli/context.ts";
import { runCommandLine } from "./cli/program.ts";
import { reportError } from "./cli/report-error.ts";
import { type Config, loadConfig } from "./config.ts";
import { requireNode } from "./node-version.ts";

/** The version of the installed package; package.json lies above both src and dist/src. */
function packageVersion(): string {
  const file = ["../package.json", "../../package.json"]
    .map((path) => new URL(path, import.meta.url))
    .find((url) => url.pathname.endsWith("package.json") && isOurs(url));
  return file === undefined ? "unknown" : JSON.parse(readFileSync(file, "utf8")).version;
}

function isOurs(url: URL): boolean {
  try {
    return JSON.parse(readFileSync(url, "utf8")).name === "driftward";
  } catch {
    return false;
  }
}

function actorOf(config: Config) {
  return { kind: "person" as const, id: config.user };
}

/** Resolves at the first SIGINT or SIGTERM; the second ends the program at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
  });
}

let stopped: Promise<void> | undefined;
let dataDirectory: string | undefined;

const context: CliContext = {
  config: (file, data) => {
    const environment = data === undefined ? process.env : { ...process.env, DRIFTWARD_DATA: resolve(data) };
    const config = loadConfig(process.cwd(), environment, file);
    dataDirectory = config.dataDirectory;
    return config;
  },
  dataDirectory: () => dataDirectory,
  actor: actorOf,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colors: picocolors.createColors(picocolors.isColorSupported && process.stdout.isTTY === true),
  interactive: process.stdout.isTTY === true,
  ...(process.stdout.columns === undefined ? {} : { columns: process.stdout.columns }),
  setExitCode: (code) => {
    process.exitCode = code;
  },
  // What a command does not need is not loaded: it would take longer than a check of small files.
  open: async (config, options) => (await import("./compose.ts")).openServices(config, actorOf(config), options),
  openEngine: async (config, folders) => {
    const { openEngine, openLogger } = await import("./open-engine.ts");
    return openEngine(config, folders, openLogger(config));
  },
  openMailbox: async (config) => (await import("./compose.ts")).openMailbox(config),
  openPolicySource: async (config) => (await import("./compose.ts")).openPolicySource(config),
  probes: async (config) => (await import("./probes.ts")).createProbes(config),
  startWorkers: async (...started) => (await import("./serve.ts")).serve(...started),
  get stopped() {
    stopped ??= untilStopped();
    return stopped;
  },
};

process.stdout.on("error", () => process.exit(0));
try {
  // Before a command is loaded, which an older Node may not be able to.
  requireNode(process.versions.node);
  await runCommandLine(process.argv, context, packageVersion());
} catch (error) {
  reportError(context, error, process.argv.includes("--json"));
}
