import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import { writeMail } from "../../../src/render/mail/write-mail.ts";
import { instance, mailNotices } from "./notices.ts";

const folder = "test/golden/mails";

/** What a mail is: its headers and both parts. UPDATE_GOLDEN=1 writes what there is now. */
function golden(file: string, content: string): void {
  const path = `${folder}/${file}`;
  if (process.env.UPDATE_GOLDEN === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, content);
  }
  expect(content).toBe(readFileSync(path, "utf8"));
}

describe("mails are as the golden files have them", () => {
  test.each(Object.keys(mailNotices))("%s", (name) => {
    const notice = mailNotices[name];
    if (notice === undefined) throw new Error(name);
    const { subject, text, html, headers, inReplyTo } = writeMail(notice, instance);
    const head = Object.entries({ Subject: subject, "In-Reply-To": inReplyTo ?? "", ...headers });
    golden(`${name}.txt`, `${head.map(([key, value]) => `${key}: ${value}`).join("\n")}\n\n${text}`);
    golden(`${name}.html`, html);
  });

  test("and none is left over", () => {
    expect(readdirSync(folder).toSorted()).toEqual(
      Object.keys(mailNotices)
        .flatMap((name) => [`${name}.html`, `${name}.txt`])
        .toSorted(),
    );
  });
});

test("what a metric is worse by is told as the rule judged it, and who has to approve is told so", () => {
  const fell = mailNotices["performance-opened"] as IncidentNotice;
  const performance = fell.performance.map((one) => ({ ...one, confidence: 0.999, designEffect: 4 }));
  const text = (more: Partial<IncidentNotice>) =>
    writeMail({ ...fell, ...more }, instance).text.replaceAll(/\s+/g, " ");
  expect(text({})).toContain("mae is worse by at least 41.7 (95 % interval).");
  expect(text({})).toContain("no action is needed unless it fails");
  const judged = /worse by at least ([\d.]+) at the confidence that the alarm budget asks for/.exec(
    text({ performance }),
  );
  expect(Number(judged?.[1])).toBeLessThan(41);
  expect(text({ performance })).toContain("the 95 % interval of independent rows begins at 41.7.");
  expect(text({ asksApproval: true })).toContain("what passes its gates will ask for approval");
  expect(text({ asksApproval: true })).not.toContain("no action is needed");
});

test("mails are small: mail programs cut what is longer than 100 kB", () => {
  for (const notice of Object.values(mailNotices)) {
    const { html, text } = writeMail(notice, instance);
    expect(Buffer.byteLength(html)).toBeLessThan(30_000);
    expect(Buffer.byteLength(text)).toBeLessThan(6_000);
  }
});

test("text is complete on its own and stays within 72 columns but for words that cannot be broken", () => {
  for (const notice of Object.values(mailNotices)) {
    const { text } = writeMail(notice, instance);
    for (const line of text.split("\n")) if (line.length > 72) expect(line.trim()).not.toMatch(/^.{1,60}\s.*\s/);
  }
});
