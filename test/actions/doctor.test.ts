import { expect, test } from "@jest/globals";
import { diagnose } from "../../src/actions/doctor.ts";
import { DriftwardError } from "../../src/core/errors.ts";

const works = { name: "Node", look: async () => "20.20", remedy: "install it" };

test("says what works, what does not, and what to do: the error's own hint first", async () => {
  const hinted = new DriftwardError("StateUnavailable", "expected PostgreSQL, got nobody", { hint: "start it" });
  const diagnoses = await diagnose([
    works,
    { name: "PostgreSQL", look: () => Promise.reject(hinted), remedy: "see the log" },
    { name: "mail", look: () => Promise.reject(new Error("refused")), remedy: "mend mail.smtp" },
    { name: "queue", look: () => Promise.reject("gone"), remedy: "start Redis" },
    works,
  ]);
  expect(diagnoses.map(({ name, works: fine, found, remedy }) => [name, fine, found, remedy])).toEqual([
    ["Node", true, "20.20", undefined],
    ["PostgreSQL", false, "expected PostgreSQL, got nobody", "start it"],
    ["mail", false, "refused", "mend mail.smtp"],
    ["queue", false, "gone", "start Redis"],
    ["Node", true, "20.20", undefined],
  ]);
});

test("a probe that throws at once is a diagnosis like another", async () => {
  const throws = () => {
    throw new Error("at once");
  };
  expect(await diagnose([{ name: "x", look: throws, remedy: "mend x" }])).toMatchObject([
    { works: false, found: "at once" },
  ]);
});
