import { describe, expect, test } from "@jest/globals";
import {
  checkBranch,
  checkFolderInRepository,
  checkRepositoryAddress,
} from "../../../src/core/policy/repository-address.ts";

describe("addresses", () => {
  test.each([
    "https://github.com/acme/policies.git",
    "https://git.example.com:8443/a/b",
    "ssh://git@example.com/a.git",
    "ssh://git@example.com:2222/a.git",
    "git@github.com:acme/policies.git",
    "github.com:acme/policies",
    "file:///srv/policies.git",
  ])("takes %s", (address) => expect(checkRepositoryAddress(address)).toEqual({ isPath: false }));

  test.each(["/srv/policies.git", "../policies", "policies.git", "./a:b", "C:/policies"])("takes the path %s", (path) =>
    expect(checkRepositoryAddress(path)).toEqual({ isPath: true }),
  );

  test.each([
    "",
    "ext::sh -c 'touch /tmp/x'",
    "ext::sh",
    "fd::17",
    "--upload-pack=touch",
    "-u",
    "http://example.com/a.git",
    "git://example.com/a.git",
    "ftp://example.com/a",
    "https://user:token@example.com/a.git",
    "https://token@example.com/a.git",
    "ssh://-oProxyCommand=x/a",
    "ssh://-oProxyCommand=touch@example.com/a",
    "-oProxyCommand=x@example.com:a",
    "git@-oProxyCommand=x:a",
    "git@example.com:--upload-pack=x",
    "git@example.com:",
    "https://exa mple.com/a",
    "https://example.com/a\n",
    "https://",
    "/srv/\u202egit",
    `/${"a".repeat(2_000)}`,
  ])("refuses %j", (address) =>
    expect(() => checkRepositoryAddress(address)).toThrow(expect.objectContaining({ code: "InvalidConfig" })),
  );

  test("never repeats a secret", () => {
    expect(() => checkRepositoryAddress("https://me:hunter2@example.com/a")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("hunter2") }),
    );
  });
});

test.each(["main", "release/2026.1", "team_a/live", "x@y"])("takes the branch %s", (branch) => {
  expect(() => checkBranch(branch)).not.toThrow();
});
test.each([
  "",
  "-x",
  "--upload-pack=x",
  "a b",
  "a..b",
  "a:b",
  "+main",
  "a.lock",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a@{1}",
  "a\n",
  "a*",
])("refuses the branch %j", (branch) =>
  expect(() => checkBranch(branch)).toThrow(expect.objectContaining({ code: "InvalidConfig" })),
);

test("folders are inside of the repository", () => {
  expect(["policies", "./ml/policies/", ".", "", "./"].map(checkFolderInRepository)).toEqual([
    "policies",
    "ml/policies",
    "",
    "",
    "",
  ]);
  for (const folder of ["..", "../x", "/etc", "a/../b", "a//b", ".git", "a\\b", "a\nb"])
    expect(() => checkFolderInRepository(folder)).toThrow(expect.objectContaining({ code: "InvalidConfig" }));
});
