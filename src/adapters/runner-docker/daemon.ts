import Docker, { type ContainerCreateOptions, type ContainerInspectInfo } from "dockerode";
import { DriftwardError } from "../../core/errors.ts";

const usualSocket = "/var/run/docker.sock";
const answerWithinMs = 60_000;

/** The daemon answered that it will not do what it was asked. */
export class DaemonRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string, cause: unknown) {
    super(message, { cause });
    this.name = "DaemonRefusal";
    this.status = status;
  }
}

/** A Docker-compatible daemon. What cannot be reached throws StateUnavailable, what is refused a DaemonRefusal. */
export class Daemon {
  readonly #docker: Docker;
  readonly #where: string;

  /** @throws InvalidConfig when the socket is named in a way that is not understood */
  constructor(socket: string | undefined, environment: Readonly<Record<string, string | undefined>>) {
    this.#where = socket ?? environment.DOCKER_HOST ?? usualSocket;
    this.#docker = new Docker({ ...addressOf(this.#where), timeout: answerWithinMs });
  }

  /** Undefined when there is no such container. */
  async inspect(nameOrId: string): Promise<ContainerInspectInfo | undefined> {
    return this.#ask(() => this.#docker.getContainer(nameOrId).inspect()).catch(ignore(404));
  }

  async create(options: ContainerCreateOptions): Promise<string> {
    return (await this.#ask(() => this.#docker.createContainer(options))).id;
  }

  /** Starting what runs changes nothing; what has ended would run again. */
  async start(id: string): Promise<void> {
    await this.#ask(() => this.#docker.getContainer(id).start()).catch(ignore(304));
  }

  /** TERM, and KILL after the grace: the daemon sees to it, also when nobody waits for the answer. */
  async stop(id: string, graceMs: number): Promise<void> {
    const t = Math.ceil(graceMs / 1_000);
    await this.#ask(() => this.#docker.getContainer(id).stop({ t })).catch(ignore(304, 404));
  }

  async remove(id: string, { force }: { readonly force: boolean }): Promise<void> {
    await this.#ask(() => this.#docker.getContainer(id).remove({ v: true, force })).catch(ignore(404));
  }

  /** Both outputs of a container in the order they came; empty when it is gone. */
  async logs(id: string, lines: number): Promise<string> {
    const options = { stdout: true, stderr: true, tail: lines } as const;
    const frames = await this.#ask(() => this.#docker.getContainer(id).logs(options)).catch(ignore(404));
    return frames === undefined ? "" : readFrames(frames);
  }

  /** Keys of all containers that carry a label, whether or not they run. */
  async listKeys(label: string, keyLabel: string): Promise<readonly string[]> {
    const filters = { label: [label] };
    const found = await this.#ask(() => this.#docker.listContainers({ all: true, filters }));
    return found.flatMap(({ Labels }) => Labels[keyLabel] ?? []);
  }

  /** Whether an image is there; nothing is ever pulled. */
  async hasImage(name: string): Promise<boolean> {
    const found = await this.#ask(() => this.#docker.getImage(name).inspect()).catch(ignore(404));
    return found !== undefined;
  }

  async #ask<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    try {
      return await request();
    } catch (error) {
      const status = statusOf(error);
      if (status !== undefined && status !== 503) throw new DaemonRefusal(status, reasonOf(error), error);
      throw new DriftwardError("StateUnavailable", `the container daemon at ${this.#where} cannot be reached`, {
        hint: "start it, or mend the trainer's socket or DOCKER_HOST",
        cause: error,
      });
    }
  }
}

function addressOf(where: string): { socketPath: string } | { host: string; port: number; protocol: "http" } {
  if (where.startsWith("/")) return { socketPath: where };
  const url = URL.canParse(where) ? new URL(where) : undefined;
  if (url?.protocol === "unix:") return { socketPath: url.pathname };
  if (url?.protocol === "tcp:" && url.hostname !== "")
    return { host: url.hostname, port: Number(url.port || 2375), protocol: "http" };
  throw new DriftwardError("InvalidConfig", `expected a socket such as unix:///var/run/docker.sock, got "${where}"`, {
    hint: "set the trainer's socket or DOCKER_HOST to unix:///PATH or tcp://HOST:PORT",
  });
}

function ignore(...statuses: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof DaemonRefusal && statuses.includes(error.status)) return undefined;
    throw error;
  };
}

/** Podman answers 500 for a container that goes away while it is looked at: the same as one that is not there. */
function statusOf(error: unknown): number | undefined {
  const has = typeof error === "object" && error !== null && "statusCode" in error;
  const status = has && typeof error.statusCode === "number" ? error.statusCode : undefined;
  return status === 500 && /no such container/i.test(reasonOf(error)) ? 404 : status;
}

/** The daemon's own words, without the client's. */
function reasonOf(error: unknown): string {
  const body = typeof error === "object" && error !== null && "json" in error ? error.json : undefined;
  const said = typeof body === "object" && body !== null && "message" in body ? String(body.message) : String(error);
  return said.replaceAll(/\s+/g, " ").slice(0, 500);
}

/** A daemon frames what a program printed: one byte says which output, four bytes from the fifth say how long. */
function readFrames(frames: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= frames.length; ) {
    const length = frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}
