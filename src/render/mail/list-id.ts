import { createHash } from "node:crypto";
import { plainText } from "../plain-text.ts";

/** A part of a domain name has 63 characters at most; the digest takes nine of them. */
const longestLabel = 54;

/** RFC 2919: a phrase for people, and a dotted name of letters, digits and hyphens that no two models share. */
export function listId(model: string, instance: string): string {
  const readable = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, longestLabel)
    .replace(/^-+|-+$/g, "");
  const digest = createHash("sha256").update(model).digest("hex").slice(0, 8);
  const label = readable === model ? readable : [readable, digest].filter((part) => part !== "").join("-");
  return `"${plainText(model).replace(/[^ -~]|["\\]/g, "-")}" <${label}.models.${instance}>`;
}

/** Of the mails that gather what several models have to say. */
export function digestListId(instance: string): string {
  return `"Driftward digest" <digest.${instance}>`;
}
