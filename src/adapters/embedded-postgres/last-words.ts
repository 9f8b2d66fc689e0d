/** What PostgreSQL's programs say whatever happens, and what follows from an error that was told before it. */
const noise: readonly RegExp[] = [
  /^LOG: {2}(starting PostgreSQL|listening on|could not signal for checkpoint|redo |checkpoint )/,
  /^LOG: {2}(database system (was|is)|shutting down|terminating any other|all server processes terminated)/,
  /^FATAL: {2}(the database system is|terminating|connection to client lost)/,
  /^LOG: {2}(startup process|server process|background worker|.*was terminated by signal)/,
  /^(initdb|pg_ctl): (removing|data directory|warning|hint)/,
  /^child process exited|^Aborted/,
];

const told = /^(FATAL|PANIC|ERROR|HINT|DETAIL|LOG|WARNING|pg_ctl|initdb): /;

const most = 4;

/**
 * The lines of a program's output that say why it failed: each once, without time and process number. The last lines as
 * they are where none says so.
 */
export function lastWords(output: string): string {
  const lines = output.trimEnd().split("\n");
  const plain = lines.map((line) => line.replace(/^.*?\d{2}:\d{2}:\d{2}\.\d{3} UTC \[\d+\] /, ""));
  const telling = plain.filter((line) => told.test(line) && !noise.some((each) => each.test(line)));
  const chosen = telling.length === 0 ? lines : [...new Set(telling.reverse())].reverse();
  return chosen.slice(-most).join("\n");
}
