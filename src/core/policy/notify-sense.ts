import { errorAt, hintAt, type PolicyProblem } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import type { Locate } from "./schema-issues.ts";

const isTimeOfDay = (text: string): boolean => /^\d\d:\d\d$/.test(text);

/** What of the recipients, the digest, the maintenance and the freeze is well formed and cannot be meant. */
export function notifyProblems(file: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  return [
    ...recipientProblems(file, locate),
    ...digestProblems(file, locate),
    ...plannedProblems(file.maintenance, ["maintenance"], locate),
    ...plannedProblems(file.retrain?.freeze, ["retrain", "freeze"], locate),
  ];
}

function recipientProblems({ owners, notify }: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const { warning, critical, escalate } = notify;
  const lists = [
    { path: ["warning"], list: warning },
    { path: ["critical"], list: critical },
    { path: ["escalate", "to"], list: escalate?.to ?? [] },
  ];
  for (const { path, list } of lists)
    list.forEach(({ mail, webhook }, index) => {
      if (mail === undefined && webhook === undefined)
        problems.push(
          errorAt(locate(["notify", ...path, index]), "expected mail: owners or mail: ADDRESS, got nothing"),
        );
    });
  if (owners.length === 0)
    problems.push(hintAt(locate(["owners"], "key"), "nobody owns this model", "add owners: [team@example.com]"));
  return problems;
}

function digestProblems({ notify: { digest, warning } }: PolicyFile, locate: Locate): readonly PolicyProblem[] {
  if (digest === undefined) return [];
  const zone = zoneProblems(digest.timezone, ["notify", "digest", "timezone"], locate);
  if (warning.some(({ mail }) => mail !== undefined)) return zone;
  return [...zone, hintAt(locate(["notify", "digest"], "key"), "nobody is sent warnings by mail: nothing is gathered")];
}

function plannedProblems(
  planned: PolicyFile["maintenance"],
  path: readonly (string | number)[],
  locate: Locate,
): readonly PolicyProblem[] {
  return (planned ?? []).flatMap(({ every, from, to, timezone }, index) => {
    const at = (key: string) => locate([...path, index, key]);
    if (every === undefined) {
      const time = isTimeOfDay(from) ? "from" : isTimeOfDay(to) ? "to" : undefined;
      if (time !== undefined)
        return [errorAt(at(time), "a time of day goes with every only", "add every: sun, or write the date as well")];
      if (timezone !== undefined)
        return [errorAt(at("timezone"), "timezone goes with every only", "a date has its own zone, such as Z")];
      return new Date(from) < new Date(to) ? [] : [errorAt(at("to"), `expected an end after ${from}, got ${to}`)];
    }
    const date = isTimeOfDay(from) ? (isTimeOfDay(to) ? undefined : "to") : "from";
    if (date !== undefined)
      return [
        errorAt(at(date), "expected a time of day such as 02:00: it comes back every time", "leave out the date"),
      ];
    return zoneProblems(timezone ?? "UTC", [...path, index, "timezone"], locate);
  });
}

function zoneProblems(timezone: string, path: readonly (string | number)[], locate: Locate): readonly PolicyProblem[] {
  try {
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return [];
  } catch {
    return [errorAt(locate(path), `expected an IANA time zone such as Europe/Amsterdam, got "${timezone}"`)];
  }
}
