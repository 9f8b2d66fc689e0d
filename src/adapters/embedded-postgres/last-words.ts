/** What PostgreSQL's programs say whatever happens, and what follows from an error that was told before it. */
const noise: readonly RegExp[] = [
  /^LOG: {2}(starting PostgreSQL|listening on|could not signal for checkpoint|redo |checkpoint )/,
  /^LOG: {2}(database system (was|is)|shutting down|terminating any other|all server processes terminated)/,
  /^FATAL: {2}(the database system is|terminating|connection to client lost)/,
  /^LOG: {2}(startup process|server process|background worker|.*was terminated by signal)/,
  /^(initdb|pg_ctl): (removing|data directory|warning|hint)/,
  /^child process exited|^Aborted/,
];

/** Said of each session when the server fails; its detail and hint follow. */
const ofSessions = /^WARNING: {2}terminating connection/;

const told = /^(FATAL|PANIC|ERROR|HINT|DETAIL|LOG|WARNING|pg_ctl|initdb): /;

const most = 4;

/**
 * The lines of a program's output that say why it failed: each once, without time and process number. The last lines as
 * they are where none says so.
 */
export function lastWords(output: string): string {
  const lines = output.trimEnd().split("\n");
  const plain = lines.map((line) => line.replace(/^.*?\d{2}:\d{2}:\d{2}\.\d{3} UTC \[\d+\] /, ""));
  const groups = groupsOf(plain.filter((line) => told.test(line))).filter(
    ([first = ""]) => !ofSessions.test(first) && !noise.some((each) => each.test(first)),
  );
  const isFatal = ([first = ""]: readonly string[]) => /^(FATAL|PANIC): /.test(first);
  // "configuration file contains errors": which ones was logged before it.
  const fatal = groups.filter((group, i) => isFatal(group) || isFatal(groups[i + 1] ?? []));
  const telling = (fatal.length === 0 ? groups : fatal).flat();
  const chosen = telling.length === 0 ? lines : [...new Set(telling.reverse())].reverse();
  return chosen.slice(-most).join("\n");
}

/** Each line with the DETAIL and HINT that follow it. */
function groupsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last !== undefined && /^(DETAIL|HINT): /.test(line)) last.push(line);
    else groups.push([line]);
  }
  return groups;
}
