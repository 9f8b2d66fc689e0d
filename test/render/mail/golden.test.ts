import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
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
