import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const script = readFileSync("test/support/look-at-page.browser.js", "utf8");

/**
 * What is wrong with how a page looks, in words; nothing when it is well: wider than its window, a picture without
 * words, text of a contrast below 4.5.
 */
export function lookAtPage(page: Page): Promise<readonly string[]> {
  return page.evaluate(script);
}
