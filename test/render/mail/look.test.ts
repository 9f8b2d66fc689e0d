import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { drawPicture } from "../../../src/adapters/mail/draw-picture.ts";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import type { LinkTo } from "../../../src/core/notice.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { lookAtPage } from "../../support/look-at-page.ts";
import { openBrowser } from "../../support/open-browser.ts";
import { instance, mailNotices, notices } from "./notices.ts";

/* Mails as Chromium shows them. SCREENSHOTS=folder keeps what was seen. */

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await openBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

const linkTo: LinkTo = ({ about, number }) => `https://driftward.example.com/${about}s/${number}/${"c".repeat(180)}`;

/** The HTML of a mail with its pictures in place, as a mail program has them. */
async function shown(notice: Parameters<typeof writeMail>[0]): Promise<string> {
  const { html, pictures } = writeMail(notice, instance, linkTo);
  let whole = html;
  for (const { id, svg } of pictures) {
    const png = await drawPicture(svg);
    whole = whole.replace(`cid:${id}`, `data:image/png;base64,${png?.toString("base64")}`);
  }
  return whole;
}

const opened = notices["drift-opened"] as IncidentNotice;
const long = "a_name_that_is_as_long_as_it_may_be_and_has_no_place_to_break_".repeat(3);
const all: Readonly<Record<string, Parameters<typeof writeMail>[0]>> = {
  ...mailNotices,
  "long-names": {
    ...opened,
    model: long,
    rule: { ...opened.rule, rule: long, place: long, when: long },
    findings: opened.findings.map((finding) => ({ ...finding, feature: long })),
  },
};

test.each(Object.keys(all))("%s is read on every screen, in light and in dark", async (name) => {
  const notice = all[name];
  if (notice === undefined) throw new Error(name);
  const html = await shown(notice);
  await page.setContent(html);
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [360, 600]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      expect([width, colorScheme, await lookAtPage(page)]).toEqual([width, colorScheme, []]);
      const folder = process.env.SCREENSHOTS;
      if (folder !== undefined) {
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
});

test("what looks wrong is found", async () => {
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 360, height: 800 });
  await page.setContent(
    '<p style="width:900px">wide</p><img src="data:image/gif;base64,x"><p style="color:#999;background:#fff">pale</p>',
  );
  expect(await lookAtPage(page)).toEqual([
    expect.stringContaining("it is 9"),
    expect.stringContaining("a picture without words"),
    expect.stringContaining("contrast 2.85"),
  ]);
});
