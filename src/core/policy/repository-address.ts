import { DriftwardError } from "../errors.ts";

const hint = "https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, or a path on this machine";

function refuse(what: string, more: string = hint): never {
  throw new DriftwardError("InvalidConfig", `policies.git: ${what}`, { hint: more });
}

const isStrange = (text: string): boolean => /[\p{Cc}\p{Cf}\s]/u.test(text);
const hostName = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

function checkUrl(text: string): void {
  if (!URL.canParse(text)) refuse("expected the address of a repository, got one that cannot be read");
  const url = new URL(text);
  if (!["https:", "ssh:", "file:"].includes(url.protocol))
    refuse(`expected https, ssh or file, got ${url.protocol.slice(0, 20)}`);
  if (url.password !== "" || (url.protocol === "https:" && url.username !== ""))
    refuse("expected an address without a secret", "let git's credential helper or a key for ssh hold it");
  if (url.username.startsWith("-") || (url.protocol !== "file:" && !hostName.test(url.hostname)))
    refuse("expected an address with a host");
}

/**
 * Refuses what is no address of a repository: helpers of git (`ext::…`), options, other schemes than https, ssh and file,
 * and secrets.
 *
 * @returns whether it is a path on this machine, which may be relative
 * @throws InvalidConfig
 */
export function checkRepositoryAddress(address: string): { readonly isPath: boolean } {
  if (address === "" || isStrange(address) || address.length > 2_000) refuse("expected an address without blanks");
  if (address.startsWith("-")) refuse("expected an address, got an option");
  if (address.includes("::")) refuse("expected an address, got a helper of git");
  if (address.includes("://")) {
    checkUrl(address);
    return { isPath: false };
  }
  // As git reads it: a colon before any slash is a host's, but for a drive's letter.
  const [, user, host, path] = /^(?:([^/:@]+)@)?([^/:]{2,}):(.*)$/.exec(address) ?? [];
  if (host === undefined) return { isPath: true };
  if (user?.startsWith("-") === true || !hostName.test(host) || path === undefined || /^(-|$)/.test(path))
    refuse("expected a host and a path");
  return { isPath: false };
}

/**
 * Refuses what cannot name a branch.
 *
 * @throws InvalidConfig
 */
export function checkBranch(branch: string): void {
  const fits = /^[A-Za-z0-9][A-Za-z0-9._/+@#=-]{0,199}$/.test(branch);
  if (fits && !/\.\.|@\{|\/\/|\/\.|\.\/|\.lock(\/|$)|[./]$/.test(branch)) return;
  throw new DriftwardError("InvalidConfig", "policies.branch: expected the name of a branch", { hint: "such as main" });
}

/**
 * Refuses what is no folder inside a repository; "." is its top.
 *
 * @returns the path from the top, "" for the top itself
 * @throws InvalidConfig
 */
export function checkFolderInRepository(folder: string): string {
  const path = folder.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  const steps = path.split("/");
  if (path === "." || path === "") return "";
  if (!isStrange(path) && !path.includes("\\") && steps.every((step) => step !== "" && !step.startsWith(".")))
    return path;
  throw new DriftwardError("InvalidConfig", "policies.folder: expected a folder inside the repository", {
    hint: "such as policies, or . for the top",
  });
}
