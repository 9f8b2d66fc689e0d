import { expect, test } from "@jest/globals";
import { problemsAsJson, problemsAsJunit, problemsAsText } from "../../src/render/policy-problems.ts";

const found = {
  files: ["a.yaml", "b.yaml"],
  problems: [
    {
      place: { file: "a.yaml", line: 3, column: 8 },
      severity: "error",
      message: 'expected <x>, got "y & z"',
      hint: "write x",
    },
    { place: { file: "a.yaml", line: 9, column: 1 }, severity: "hint", message: "nobody owns this model" },
  ],
} as const;

test("as text for terminals and editors", () => {
  expect(problemsAsText(found)).toBe(
    `a.yaml:3:8: error: expected <x>, got "y & z"
    write x
a.yaml:9:1: hint: nobody owns this model
2 files, 1 error, 1 hint`,
  );
});

test("as JSON for programs", () => {
  expect(problemsAsJson(found)).toEqual({
    schema: "driftward/validate/v1",
    valid: false,
    files: ["a.yaml", "b.yaml"],
    problems: [
      { severity: "error", file: "a.yaml", line: 3, column: 8, message: 'expected <x>, got "y & z"', hint: "write x" },
      { severity: "hint", file: "a.yaml", line: 9, column: 1, message: "nobody owns this model" },
    ],
  });
});

test("as JUnit for CI: a hint fails nothing, and text cannot break out", () => {
  expect(problemsAsJunit(found)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="driftward validate" tests="2" failures="1">
    <testcase classname="policies" name="a.yaml"><failure message="a.yaml:3:8: error: expected &lt;x&gt;, got &quot;y &amp; z&quot;">a.yaml:3:8: error: expected &lt;x&gt;, got &quot;y &amp; z&quot;
    write x</failure><system-out>a.yaml:9:1: hint: nobody owns this model</system-out></testcase>
    <testcase classname="policies" name="b.yaml"></testcase>
  </testsuite>
</testsuites>
`);
});

test("what a name of a file holds moves and breaks nothing", () => {
  const file = "policies/a\u001b[31m\n<b>.yaml";
  const problem = { place: { file, line: 3, column: 8 }, severity: "error", message: 'unknown key "\u202ex"' } as const;
  const hostile = { files: [file], problems: [problem] };
  expect(problemsAsText(hostile).split("\n")).toEqual([
    'policies/a·[31m·<b>.yaml:3:8: error: unknown key "·x"',
    "1 file, 1 error, 0 hints",
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML may not hold them
  expect(problemsAsJunit(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});
