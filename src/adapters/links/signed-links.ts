import { createHmac, timingSafeEqual } from "node:crypto";
import type { Page } from "../../core/notice.ts";
import type { Links } from "../../ports/links.ts";

/** How long a link of a mail is good: who comes later is told again, or uses the command line. */
const validMs = 14 * 86_400_000;

/** A capability that is longer is none of ours. */
const longest = 600;

/**
 * Links signed with HMAC-SHA256 over the page, the recipient and the end: `<payload>.<signature>`, both base64url.
 *
 * @param options.publicUrl  where others reach the pages, without a slash at its end
 * @param options.key        asked for when the first link is made or opened
 */
export function signedLinks(options: { readonly publicUrl: string; readonly key: () => Promise<Buffer> }): Links {
  let known: Promise<Buffer> | undefined;
  const key = () => {
    known ??= options.key();
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
  return {
    async for(recipient, at) {
      const secret = await key();
      const ends = Math.floor((at.getTime() + validMs) / 1_000);
      return (page) => {
        const payload = Buffer.from(JSON.stringify([recipient, ends])).toString("base64url");
        return `${options.publicUrl}/${page.about}s/${page.number}/${payload}.${sign(secret, page, payload)}`;
      };
    },
    async open(page, capability, now) {
      const [payload, signature, ...more] = capability.length > longest ? [] : capability.split(".");
      if (payload === undefined || signature === undefined || more.length > 0) return "unknown";
      const secret = await key();
      if (!isSame(signature, sign(secret, page, payload))) return "unknown";
      const [recipient, ends] = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as [string, number];
      if (now.getTime() >= ends * 1_000) return "expired";
      return { recipient, form: sign(secret, page, `form ${capability}`) };
    },
  };
}

function sign(secret: Buffer, { about, number }: Page, text: string): string {
  return createHmac("sha256", secret).update(`driftward-link-v1\n${about}\n${number}\n${text}`).digest("base64url");
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
