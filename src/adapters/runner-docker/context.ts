export interface DockerRunnerOptions {
  /** Folder that holds one folder an attempt; the attempts of one root are one world. */
  readonly root: string;
  /** Where DOCKER_HOST and the names a trainer asks for are taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What every part of the runner is handed. */
export interface DockerContext extends DockerRunnerOptions {
  /** Tells two runners of one process apart. */
  readonly instance: string;
  /** Stands on a container's label: which Driftward it belongs to. */
  readonly rootDigest: string;
  /** Ends under way, by key: a container is asked once at a time. */
  readonly ending: Map<string, Promise<void>>;
}
