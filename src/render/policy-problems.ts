import { escape as escapeXml } from "html-escaper";
import { formatPlace } from "../core/errors.ts";
import type { PolicyProblem } from "../core/policy/problem.ts";
import { visibleText } from "./plain-text.ts";

/** What `validate` found, as the renderers take it. */
export interface ValidatedFiles {
  readonly files: readonly string[];
  readonly problems: readonly PolicyProblem[];
}

/** One problem as terminals and editors read it: `file:line:column: error: message`, the next step below. */
export function problemAsText({ place, severity, message, hint }: PolicyProblem): string {
  const line = visibleText(`${formatPlace(place)}: ${severity}: ${message}`);
  return hint === undefined ? line : `${line}\n    ${visibleText(hint)}`;
}

const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

/** All problems, and a closing line such as `3 files, 1 error, 0 hints`. */
export function problemsAsText({ files, problems }: ValidatedFiles): string {
  const errors = problems.filter((one) => one.severity === "error").length;
  const closing = [counted(files.length, "file"), counted(errors, "error"), counted(problems.length - errors, "hint")];
  return [...problems.map(problemAsText), closing.join(", ")].join("\n");
}

/** `{"schema": "driftward/validate/v1", "valid", "files", "problems"}`; places count from 1. */
export function problemsAsJson({ files, problems }: ValidatedFiles): object {
  return {
    schema: "driftward/validate/v1",
    valid: problems.every((one) => one.severity !== "error"),
    files,
    problems: problems.map(({ place, severity, message, hint }) => ({
      severity,
      ...place,
      message,
      ...(hint === undefined ? {} : { hint }),
    })),
  };
}

function testCase(file: string, problems: readonly PolicyProblem[]): string {
  const of = (severity: PolicyProblem["severity"]) =>
    problems
      .filter((one) => one.severity === severity)
      .map(problemAsText)
      .join("\n");
  const [errors, hints] = [of("error"), of("hint")];
  const failure =
    errors === ""
      ? ""
      : `<failure message="${escapeXml(errors.split("\n", 1)[0] ?? "")}">${escapeXml(errors)}</failure>`;
  const output = hints === "" ? "" : `<system-out>${escapeXml(hints)}</system-out>`;
  return `    <testcase classname="policies" name="${escapeXml(visibleText(file))}">${failure}${output}</testcase>`;
}

/** JUnit XML, one test case a file: what CI systems show beside tests. */
export function problemsAsJunit({ files, problems }: ValidatedFiles): string {
  const named = [...new Set([...files, ...problems.map((one) => one.place.file)])];
  const cases = named.map((file) =>
    testCase(
      file,
      problems.filter((one) => one.place.file === file),
    ),
  );
  const failures = new Set(problems.flatMap((one) => (one.severity === "error" ? [one.place.file] : []))).size;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<testsuites>",
    `  <testsuite name="driftward validate" tests="${named.length}" failures="${failures}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}
