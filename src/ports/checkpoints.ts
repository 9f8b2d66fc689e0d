/** The instance's signing key, and the file of checkpoints that it leaves behind. */
export interface Checkpoints {
  /** Where the lines are, for people. */
  readonly file: string;
  /** The public key, base64url of its 32 bytes; undefined while none was made. */
  key(): Promise<string | undefined>;
  /** The key with what signs a text, both base64url; the key is made at the first call. */
  signer(): Promise<{ readonly key: string; sign(text: string): string }>;
  /** Appends one line, durably. */
  append(line: string): Promise<void>;
  /** All lines; "" while there are none. */
  read(): Promise<string>;
}
