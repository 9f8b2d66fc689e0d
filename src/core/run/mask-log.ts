/**
 * What secrets look like wherever they are printed: keys of cloud providers and forges, Driftward's own tokens, bearer
 * headers, passwords in URLs, and what follows a name that says so.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\bdriftward_[A-Za-z0-9_-]{43}/g, "[secret]"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, "[secret]"],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9_-]{20,})/g,
    "[secret]",
  ],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, "[secret]"],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, "$1 [secret]"],
  [/([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, "$1[secret]@"],
  [
    /\b([A-Za-z0-9_]*(?:password|passwd|secret|token|api[_-]?key)["']?\s*[:=]\s*)(["']?)[^\s"',;]{6,}\2/gi,
    "$1[secret]",
  ],
];

/** A line of a program's log with what looks like a secret taken out; values that it was handed are out already. */
export function maskLog(line: string): string {
  return patterns.reduce((text, [pattern, by]) => text.replace(pattern, by), line);
}
