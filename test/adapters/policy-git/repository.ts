import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export const policy = (model: string, more = ""): string =>
  `apiVersion: driftward/v1\nkind: Policy\nmodel: ${model}\nowners: [${model}@example.com]\nrules:\n  - { name: moved, when: drift.share > 0.3 }\n${more}`;

/** A real repository in a temporary folder. */
export function makeRepository(folder = mkdtempSync(join(tmpdir(), "driftward-git-"))) {
  mkdirSync(folder, { recursive: true });
  const run = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, ...args], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
    }).trim();
  run("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    run,
    write(path: string, text: string) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    link(path: string, target: string) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      symlinkSync(target, join(folder, path));
    },
    /** Commits everything and gives the commit. */
    commit(author = "Ada <ada@example.com>", message = "change"): string {
      run("add", "--all", "--force");
      const who = ["-c", "user.name=committer", "-c", "user.email=c@example.com", "-c", "commit.gpgsign=false"];
      run(...who, "commit", "--quiet", "--allow-empty", `--author=${author}`, "-m", message);
      return run("rev-parse", "HEAD");
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type TestRepository = ReturnType<typeof makeRepository>;
