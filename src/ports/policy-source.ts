/** The text of a policy, with what its folder shares (core/policy/bundle.ts), and where it is from. */
export interface PolicyText {
  /** How messages and records call the file, such as `policies/churn.yaml`. */
  readonly path: string;
  readonly source: string;
  /**
   * The git commit that last changed the file or what it shares; absent when it is in no repository or differs from what
   * is committed.
   */
  readonly commit?: string;
  /** Who wrote that commit, as `Name <address>`. */
  readonly author?: string;
  /** Why the file cannot be read at all; `source` then says nothing of a policy. */
  readonly unreadableBecause?: string;
}

/** Where policies are written down. */
export interface PolicySource {
  /** The folder that paths of the configured place begin with, "" for the top of a repository; absent: any path is of it. */
  readonly place?: string;
  /**
   * All policies, by path; of the configured place, or of the files and folders that are named.
   *
   * @throws NotFound when the place does not exist; InvalidPolicy when it holds too much or leads out of itself;
   *         SourceUnavailable when a repository cannot be reached
   */
  read(paths?: readonly string[]): Promise<readonly PolicyText[]>;
}
