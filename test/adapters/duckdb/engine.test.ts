import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import { childEntry } from "../../../src/adapters/child-entry.ts";
import { openTemporaryEngine, type TemporaryEngine } from "./temporary-engine.ts";

const opened: TemporaryEngine[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function open(options: Parameters<typeof openTemporaryEngine>[0] = {}): Promise<TemporaryEngine> {
  const one = await openTemporaryEngine(options);
  opened.push(one);
  await writeFile(one.path("t.csv"), "a\n1\n2\n");
  return one;
}

/** Children of a process that run the engine. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  // ps fails when there are none.
  const listed = promisify(execFile)("ps", ["-o", "pid=,stat=,args=", "--ppid", String(pid)]);
  const { stdout } = await listed.catch(() => ({ stdout: "" }));
  return stdout
    .split("\n")
    .filter((line) => line.includes("duckdb/child.js") && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    if (await condition()) return;
    await sleep(25);
  }
  throw new Error("expected the condition to come true within 5 s");
}

const slow = "a,b\n".concat("1,2\n".repeat(10));

describe("the engine's process", () => {
  test("is started once and answers requests one by one", async () => {
    const { engine, path } = await open();
    const files = { paths: [path("t.csv")], format: "csv" } as const;
    const before = new Set(await childrenOf(process.pid));
    const answers = await Promise.all(Array.from({ length: 20 }, () => engine.describe(files)));
    expect(answers.every(({ rows }) => rows === 2)).toBe(true);
    expect((await childrenOf(process.pid)).filter((pid) => !before.has(pid))).toHaveLength(1);
  });

  test("fails the request in hand when it dies, and the next gets a new one", async () => {
    const { engine, path, sql } = await open();
    const files = { paths: [path("t.csv")], format: "csv" } as const;
    const before = new Set(await childrenOf(process.pid));
    await engine.describe(files);
    const [child] = (await childrenOf(process.pid)).filter((pid) => !before.has(pid));
    await sql("COPY (SELECT random() AS a FROM range(3000000)) TO '$DIR/big.parquet' (FORMAT parquet)");
    const big = { paths: [path("big.parquet")], format: "parquet" } as const;
    const first = engine.profile({ files: big, features: [{ name: "a", kind: "numeric" }] });
    const second = engine.describe(files);
    await sleep(50);
    process.kill(child ?? 0, "SIGKILL");
    await expect(first).rejects.toMatchObject({ code: "EngineFailed", message: expect.stringContaining("SIGKILL") });
    expect((await second).rows).toBe(2);
  });

  test("is killed at the time limit", async () => {
    const { engine, path, sql } = await open({ requestTimeoutMs: 2_000 });
    await sql("COPY (SELECT random() AS a, random() AS b FROM range(4000000)) TO '$DIR/big.parquet' (FORMAT parquet)");
    await writeFile(path("slow.csv"), slow);
    const big = { paths: Array.from({ length: 50 }, () => path("big.parquet")), format: "parquet" } as const;
    const features = ["a", "b"].map((name) => ({ name, kind: "numeric" }) as const);
    await expect(engine.profile({ files: big, features })).rejects.toMatchObject({
      code: "EngineFailed",
      message: "expected an answer to profile within 2000 ms, got none",
    });
    expect((await engine.describe({ paths: [path("slow.csv")], format: "csv" })).rows).toBe(10);
  });

  test("ends itself when it holds too much memory, and says so", async () => {
    const { engine, path, sql } = await open({ maxMemory: 140_000_000 });
    await sql("COPY (SELECT random() AS a FROM range(4000000)) TO '$DIR/big.parquet' (FORMAT parquet)");
    const files = { paths: [path("big.parquet")], format: "parquet" } as const;
    await expect(engine.exactKolmogorovSmirnov({ baseline: files, live: files, feature: "a" })).rejects.toMatchObject({
      code: "EngineFailed",
      message: expect.stringMatching(/SIGKILL.*more than the 140000000 it may/),
    });
  });

  test("is replaced after so many requests", async () => {
    const { engine, path } = await open({ recycleAfter: { requests: 2, bytes: 1e12 } });
    const files = { paths: [path("t.csv")], format: "csv" } as const;
    const before = new Set(await childrenOf(process.pid));
    const fresh = async () => (await childrenOf(process.pid)).filter((pid) => !before.has(pid));
    await engine.describe(files);
    const [first] = await fresh();
    await engine.describe(files);
    await engine.describe(files);
    const now = await fresh();
    expect(now).toHaveLength(1);
    expect(now[0]).not.toBe(first);
  });

  test("ends with its parent, even in the middle of a query", async () => {
    const { path, sql, folder } = await open();
    await sql("COPY (SELECT random() AS a FROM range(4000000)) TO '$DIR/big.parquet' (FORMAT parquet)");
    const script = `
      const { createDuckDbEngine } = await import(${JSON.stringify(`file://${childEntry(new URL("../../../src/adapters/duckdb/engine.ts", import.meta.url))}`)});
      const engine = createDuckDbEngine({ allowedDirectories: [${JSON.stringify(folder)}], tempDirectory: ${JSON.stringify(`${folder}/spill`)} });
      const paths = Array.from({ length: 40 }, () => ${JSON.stringify(path("big.parquet"))});
      await engine.profile({ files: { paths, format: "parquet" }, features: [{ name: "a", kind: "numeric" }] });`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
    let child: number | undefined;
    await until(async () => {
      [child] = await childrenOf(parent.pid ?? 0);
      return child !== undefined;
    });
    await sleep(300);
    parent.kill("SIGKILL");
    await until(() => !isRunning(child ?? 0));
  });

  test("does not keep its parent from ending, and can be closed", async () => {
    const { path, folder } = await open();
    const script = `
      const { createDuckDbEngine } = await import(${JSON.stringify(`file://${childEntry(new URL("../../../src/adapters/duckdb/engine.ts", import.meta.url))}`)});
      const engine = createDuckDbEngine({ allowedDirectories: [${JSON.stringify(folder)}], tempDirectory: ${JSON.stringify(`${folder}/spill`)} });
      console.log((await engine.describe({ paths: [${JSON.stringify(path("t.csv"))}], format: "csv" })).rows);
      if (process.argv.includes("close")) {
        await engine.close();
        console.log("closed");
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      timeout: 20_000,
    });
    expect(stdout).toBe("2\n");
    const closing = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, "close"]);
    expect(closing.stdout).toBe("2\nclosed\n");
  });

  test("answers no more once it is closed", async () => {
    const { engine, path } = await open();
    await engine.close();
    const files = { paths: [path("t.csv")], format: "csv" } as const;
    await expect(engine.describe(files)).rejects.toMatchObject({
      code: "EngineFailed",
      message: expect.stringContaining("closed"),
    });
  });
});
