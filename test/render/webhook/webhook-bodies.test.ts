import { describe, expect, test } from "@jest/globals";
import type { IncidentNotice } from "../../../src/core/incident/notice.ts";
import { cloudEvent } from "../../../src/render/webhook/cloud-event.ts";
import { noticeEvent } from "../../../src/render/webhook/notice-event.ts";
import { slackMessage } from "../../../src/render/webhook/slack-message.ts";
import { hostileNames } from "../../support/hostile-names.ts";
import { notices } from "../mail/notices.ts";

const message = { id: "incident-12.opened.1@here", at: new Date("2026-05-04T00:10:00Z"), instance: "here" };
const drift = notices["drift-opened"] as IncidentNotice;

describe("a CloudEvent 1.0", () => {
  test.each(Object.entries(notices))(
    "of %s has every required attribute, and they are what they must be",
    (_, notice) => {
      const event = cloudEvent(noticeEvent(notice), message);
      expect(event).toMatchObject({
        specversion: "1.0",
        id: message.id,
        source: expect.stringMatching(/^\/driftward\/here\/models\/[^/\s]+$/),
        type: expect.stringMatching(/^dev\.driftward\.(incident|run|policy|version|watch)\.[a-z-]+$/),
        subject: expect.stringMatching(/./),
        time: "2026-05-04T00:10:00.000Z",
        datacontenttype: "application/json",
        data: { title: expect.stringMatching(/^\[Driftward\] /), headline: expect.stringMatching(/./) },
      });
      // Names of context attributes are lower-case letters and digits.
      expect(Object.keys(event).filter((name) => !/^[a-z0-9]+$/.test(name))).toEqual([]);
      expect(JSON.parse(JSON.stringify(event))).toMatchObject({ data: { model: notice.model } });
    },
  );

  test("tells what a receiver decides by, and no counts of rows", () => {
    const { data } = noticeEvent(drift);
    expect(data).toMatchObject({
      incident: drift.incident,
      state: "firing",
      severity: drift.severity,
      rule: { name: drift.rule.rule, when: drift.rule.when, place: drift.rule.place },
    });
    expect(JSON.stringify(data)).not.toMatch(/"(evidence|counts|edges|labels)"/);
  });
});

describe("a Slack message", () => {
  test.each(hostileNames.map((name) => [JSON.stringify(name), name]))("of a model called %s", (_, name) => {
    const notice = { ...drift, model: name, rule: { ...drift.rule, rule: name } };
    const { text, blocks } = slackMessage(noticeEvent(notice)) as {
      readonly text: string;
      readonly blocks: readonly { readonly type: string; readonly text?: { type: string; text: string } }[];
    };
    expect(text).not.toMatch(/[<>]/);
    expect(blocks.map(({ type }) => type)).toEqual(["header", "section", "context"]);
    expect(blocks[0]?.text?.type).toBe("plain_text");
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    expect(JSON.stringify(blocks).isWellFormed()).toBe(true);
  });

  test.each([
    ["@here", /@here/],
    ["(@all)", /@all/],
    ["[free](https://evil.example)", /\]\(|:\/\//],
    ["www.evil.example", /www\./],
  ])("of a model called %s calls nobody and links to nothing where Markdown is read", (name, active) => {
    expect(name).toMatch(active);
    const { text } = slackMessage(noticeEvent({ ...drift, model: name })) as { readonly text: string };
    expect(text).not.toMatch(active);
    expect(text.replaceAll("\u2060", "")).toContain(name);
  });

  test("leaves an address of a person as it is", () => {
    const event = { ...noticeEvent(drift), headline: "taken back by ada@example.com" };
    expect(slackMessage(event)).toMatchObject({ text: expect.stringContaining("by ada@example.com") });
  });

  test("escapes what would call a channel", () => {
    const { text } = slackMessage(noticeEvent({ ...drift, model: "<!channel>&" })) as { readonly text: string };
    expect(text).toContain("&lt;!channel&gt;&amp;");
  });
});
