import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { waitFor } from "./wait-for.ts";

export interface PodmanService {
  /** A Docker-compatible socket, `unix://…`. */
  readonly socket: string;
  /** An image that holds a static busybox as its every program. */
  readonly image: string;
  /** A client for the test itself. */
  readonly docker: Docker;
  /** Kills the service with -9; its containers live on. */
  kill(): Promise<void>;
  /** Starts it again on the same socket and storage. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Why no service can be started here; undefined when one can. */
export function podmanProblem(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "podman is tested as root on Linux";
  const missing = ["podman", "runc", "busybox"].filter((program) => find(program) === undefined);
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} not found (Debian: apt-get install podman runc busybox-static)`;
}

function find(program: string): string | undefined {
  const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Starts a podman of its own: storage, socket and image are in a temporary folder. */
export async function startPodman(): Promise<PodmanService> {
  const folder = mkdtempSync(join(tmpdir(), "dw-pod-"));
  const settings = join(folder, "containers.conf");
  writeFileSync(settings, containersConf);
  const flags = [
    ...["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--tmpdir", join(folder, "tmp")],
    ...["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", find("runc") ?? "runc"],
  ];
  const env = { ...process.env, CONTAINERS_CONF: settings };
  const podman = (...words: readonly string[]) => {
    const { status, stderr } = spawnSync("podman", [...flags, ...words], { env, encoding: "utf8" });
    if (status !== 0) throw new Error(`podman ${words.join(" ")}: ${stderr}`);
  };
  podman("import", packBusybox(folder), "localhost/driftward-test:1");
  const path = join(folder, "s");
  const docker = new Docker({ socketPath: path });
  let service: ChildProcess | undefined;
  const log = openSync(join(folder, "service.log"), "a");
  const start = async () => {
    rmSync(path, { force: true });
    service = spawn("podman", [...flags, "system", "service", "--time=0", `unix://${path}`], {
      // A container that runs out of memory leaves a file where its daemon works.
      cwd: folder,
      env,
      stdio: ["ignore", log, log],
    });
    await waitFor("podman answers", () => docker.ping().then(Boolean, () => false));
  };
  const kill = () => end(service);
  await start();
  return {
    socket: `unix://${path}`,
    image: "localhost/driftward-test:1",
    docker,
    start,
    kill,
    async stop() {
      podman("rm", "--all", "--force", "--time", "0");
      await kill();
      closeSync(log);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const containersConf = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "none"
[engine]
events_logger = "file"
`;

function packBusybox(folder: string): string {
  const [root, tar] = [join(folder, "image"), join(folder, "image.tar")];
  for (const name of ["bin", "tmp", "etc"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(find("busybox") ?? "busybox", join(root, "bin/busybox"));
  for (const name of ["sh", "cat", "sleep", "env", "id", "touch", "wc", "ls", "true"])
    symlinkSync("busybox", join(root, "bin", name));
  const { status } = spawnSync("tar", ["-C", root, "-cf", tar, "."]);
  if (status !== 0) throw new Error("the test's image could not be packed");
  return tar;
}

async function end(service: ChildProcess | undefined): Promise<void> {
  if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
  const gone = new Promise((resolve) => service.once("exit", resolve));
  service.kill("SIGKILL");
  await gone;
}
