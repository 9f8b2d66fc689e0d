import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { loadConfig } from "../src/config.ts";

const folder = mkdtempSync(join(tmpdir(), "driftward-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  writeFileSync(join(folder, "driftward.yaml"), text);
  return loadConfig(folder, {});
}

const webhook = (more = "") => `trainers:\n  far: { runner: webhook, url: "https://ci.example.com/"${more} }\n`;

describe("http", () => {
  test("is where other systems reach Driftward", () => {
    expect(read("http: { listen: 127.0.0.1:8686, public_url: https://drift.example.com/x/ }").http).toEqual({
      host: "127.0.0.1",
      port: 8686,
      publicUrl: "https://drift.example.com/x",
      largestUploadBytes: 2 ** 31,
    });
    expect(read("http: { listen: '[::1]:80', public_url: https://d }").http).toMatchObject({ host: "::1", port: 80 });
    expect(read("").http).toBeUndefined();
  });
  test.each([["8686"], ["a:b"], ["h:99999"], ["http://h:1"]])("listen: %s is refused", (listen) => {
    expect(() => read(`http: { listen: "${listen}", public_url: https://d }`)).toThrow("expected an address such as");
  });
  test.each([["ftp://x"], ["https://x?a=1"], ["x"]])("public_url: %s is refused", (url) => {
    expect(() => read(`http: { listen: "h:1", public_url: "${url}" }`)).toThrow("expected a URL without a query");
  });
});

describe("a trainer elsewhere", () => {
  test("must reach Driftward, or share its folders and be asked", () => {
    expect(() => read(webhook())).toThrow("trainers.far: expected http in driftward.yaml, where it fetches its data");
    expect(() => read(webhook(", shared: true"))).toThrow("where it calls back, or a status_url");
    expect(read(webhook(', shared: true, status_url: "https://ci.example.com/s"')).trainers.far?.runner).toBe(
      "webhook",
    );
    expect(read(`${webhook()}http: { listen: "h:1", public_url: "https://d" }`).trainers.far?.runner).toBe("webhook");
  });
});

test("what webhooks may reach inside is the operator's word", () => {
  expect(read("outgoing: { allow: [10.0.0.0/8, ci.internal] }").outgoing.allow).toEqual(["10.0.0.0/8", "ci.internal"]);
  expect(read("").outgoing.allow).toEqual([]);
});
