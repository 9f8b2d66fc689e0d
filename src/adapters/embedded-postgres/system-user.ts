import { readFile } from "node:fs/promises";

/** Who a process runs as, or whom a file belongs to. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

interface Account extends SystemUser {
  readonly name: string;
}

async function readAccounts(): Promise<readonly Account[]> {
  const text = await readFile("/etc/passwd", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

/** The account without rights that PostgreSQL runs as where Driftward runs as root, which PostgreSQL refuses. */
export async function findNobody(): Promise<SystemUser> {
  const nobody = (await readAccounts()).find(({ name }) => name === "nobody");
  return nobody ?? { uid: 65534, gid: 65534 };
}

/** Whether a user has an account; containers often run as a bare number. */
export async function hasAccount(uid: number): Promise<boolean> {
  return (await readAccounts()).some((account) => account.uid === uid);
}

/** A user as people know it: the account's name where it has one, else its number. */
export async function nameUser(uid: number): Promise<string> {
  return (await readAccounts()).find((account) => account.uid === uid)?.name ?? `user ${uid}`;
}
