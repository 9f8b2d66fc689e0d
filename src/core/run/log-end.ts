/** Lines of a log, and characters of a line, that a mail shows at most. */
const [mostLines, longestLine] = [20, 300];

/** Lines of a log that are asked for, of which the last are shown. */
export const logLinesRead = mostLines;

/** What looks like a secret, whoever's it is: those that a trainer was handed by name are taken out where the log is read. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/:\/\/[^/\s"'@]+@/g, "://[redacted]@"],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, "$1 [redacted]"],
  [
    /\b([A-Za-z0-9_-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key|credential)s?["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&]+)/gi,
    "$1[redacted]",
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, "[redacted]"],
  [/\b(?:gh[pousr]|github_pat|glpat|xox[abpr]|sk|driftward)[_-][A-Za-z0-9_-]{16,}/g, "[redacted]"],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, "[redacted]"],
  [/^[A-Za-z0-9+/]{56,}={0,2}$/g, "[redacted]"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*/g, "[redacted]"],
];

/** The end of a program's log as a mail shows it: without what looks like a secret, and no longer than is read. */
export function logEnd(lines: readonly string[]): readonly string[] {
  const clean = withoutKeys(lines).map((line) =>
    secrets.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line.slice(0, longestLine * 4)),
  );
  return clean
    .map((line) => (line.length <= longestLine ? line : `${line.slice(0, longestLine - 1).toWellFormed()}…`))
    .filter((line) => line.trim() !== "")
    .slice(-mostLines);
}

/** A private key is several lines: all of them go. */
function withoutKeys(lines: readonly string[]): readonly string[] {
  let within = false;
  return lines.flatMap((line) => {
    const [begins, ends] = [
      /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line),
      /-----END [A-Z ]*PRIVATE KEY-----/.test(line),
    ];
    const hidden = within;
    within = (within || begins) && !ends;
    return hidden ? [] : [line];
  });
}
