/** The text of a policy, with what its folder shares (core/policy/bundle.ts), and where it is from. */
export interface PolicyText {
  /** How messages and records call the file, such as `policies/churn.yaml`. */
  readonly path: string;
  readonly source: string;
  /** The git commit that the file is of; absent when it is in no repository or differs from what is committed. */
  readonly commit?: string;
}

/** Where policies are written down. */
export interface PolicySource {
  /**
   * All policies, by path; of the configured place, or of the files and folders that are named.
   *
   * @throws NotFound when the place does not exist; InvalidPolicy when it holds too much or leads out of itself
   */
  read(paths?: readonly string[]): Promise<readonly PolicyText[]>;
}
