import { describe, expect, test } from "@jest/globals";
import { resolveTrainer, trainerSettings } from "../../../src/core/run/trainer-settings.ts";

const absolute = (path: string) => (path.startsWith("/") ? path : `/project/${path.replace(/^\.\//, "")}`);
const read = (settings: unknown) => resolveTrainer(trainerSettings.parse(settings), absolute);
const issuesOf = (settings: unknown) =>
  (trainerSettings.safeParse(settings).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);

test("a trainer is a process unless it says otherwise, with paths from driftward.yaml", () => {
  expect(read({ command: ["./train.sh", "--fast"], secret_files: { DB: "./secrets/db" } })).toEqual({
    runner: "process",
    command: ["/project/train.sh", "--fast"],
    environment: [],
    secretFiles: { DB: "/project/secrets/db" },
    parameters: {},
    timeoutMs: 7_200_000,
    graceMs: 10_000,
    attempts: 1,
  });
});

test("a container has limits, no network, and mounts by their path inside", () => {
  const docker = {
    runner: "docker",
    image: "churn:4",
    cpus: 1.5,
    memory: "2GiB",
    pids: 64,
    mounts: { "/ref": "./ref" },
  };
  expect(read({ ...docker, command: ["./train.sh"] })).toMatchObject({
    command: ["./train.sh"],
    container: {
      image: "churn:4",
      network: false,
      cpus: 1.5,
      memoryBytes: 2 ** 31,
      pids: 64,
      mounts: { "/ref": "/project/ref" },
    },
  });
});

test("a webhook names variables, never values", () => {
  const webhook = {
    runner: "webhook",
    url: "https://ci.example.com/x",
    headers: { Authorization: "CI_TOKEN" },
    secret: "S",
  };
  expect(read(webhook).webhook).toEqual({
    url: "https://ci.example.com/x",
    headers: { Authorization: "CI_TOKEN" },
    secret: "S",
    statusField: "state",
    shared: false,
  });
});

test("parameters are declared with what they take", () => {
  const parameters = {
    epochs: { type: "integer", minimum: 1, maximum: 100, default: 10 },
    loss: { type: "string", values: ["log"] },
  };
  expect(read({ command: ["t"], parameters }).parameters).toEqual(parameters);
});

describe("refuses", () => {
  test.each([
    [{}, "command: "],
    [{ command: [] }, "command: "],
    [{ command: ["t"], image: "x" }, 'Unrecognized key: "image"'],
    [{ runner: "docker", command: ["t"] }, "image: "],
    [{ runner: "docker", image: "x", memory: "2 gallons" }, "memory: expected an amount of memory"],
    [{ runner: "docker", image: "x", mounts: { ref: "./r" } }, "mounts.ref: "],
    [{ runner: "docker", image: "x", user: "root; rm" }, "user: expected uid or uid:gid"],
    [{ runner: "webhook", url: "ftp://x" }, "url: expected a URL"],
    [
      { runner: "webhook", url: "https://x", headers: { Authorization: "Bearer abc" } },
      "expected the name of an environment variable",
    ],
    [{ command: ["t"], environment: ["A B"] }, "expected the name of an environment variable"],
    [{ runner: "kubernetes" }, "runner: "],
    [
      { command: ["t"], parameters: { e: { type: "integer", default: 0, minimum: 1 } } },
      "parameters.e.default: expected an integer of at least 1, got 0",
    ],
    [
      { command: ["t"], parameters: { e: { type: "integer", minimum: 5, maximum: 1 } } },
      "expected a maximum of at least 5, got 1",
    ],
    [{ command: ["t"], parameters: { e: { type: "string", minimum: 5 } } }, "a string has no minimum"],
    [{ command: ["t"], parameters: { e: { type: "number", values: ["a"] } } }, 'expected a number, got "a"'],
  ])("%j", (settings, message) => expect(issuesOf(settings).join("\n")).toContain(message));
});
