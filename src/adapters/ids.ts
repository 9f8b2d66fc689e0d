import { randomUUID } from "node:crypto";
import type { Ids } from "../ports/ids.ts";

/** Random uuids (version 4). */
export const randomIds: Ids = { next: () => randomUUID() };
