import { escape as escapeHtml } from "html-escaper";
import { plainText } from "../plain-text.ts";
import { pageHtml } from "./page.ts";

/** Why a page is not there, or what was asked was not done. */
export function messagePage(message: string, hint: string | undefined): string {
  const sentence = plainText(message);
  const next = hint === undefined ? "" : `<p>${escapeHtml(plainText(hint))}.</p>`;
  const title = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
  return pageHtml("Driftward", `<header><h1>${escapeHtml(title)}</h1></header><section>${next}</section>`);
}
