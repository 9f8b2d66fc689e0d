import type { CheckRow, IncidentRow, RunRow, State, WatchRow } from "../ports/state.ts";
import { instant } from "../render/format.ts";
import { plainText } from "../render/plain-text.ts";
import { type Colors, verdictMark } from "../render/verdict-mark.ts";
import { isStuck, watchText } from "../render/watch-words.ts";

/** Rows of a model that are looked at each time; more that happen between two looks are in `driftward status`. */
const recent = 20;

export interface News {
  /** Prints what has happened since the last call; the first call prints nothing. */
  tell(): Promise<void>;
}

/** What happens to the models while somebody looks on: verdicts that change, incidents, runs. A line each. */
export function createNews(state: State, out: (text: string) => void, colors: Colors): News {
  const told = new Map<string, string>();
  let first = true;
  /** Whether a standing is news; it is remembered as told. */
  const isNews = (id: string, standing: string): boolean => {
    const news = told.get(id) !== standing;
    told.set(id, standing);
    return news && !first;
  };
  return {
    async tell() {
      for (const { id, name } of await state.models.list()) {
        const say = (at: Date, text: string) => out(`${colors.dim(instant(at))} ${plainText(name)}: ${text}\n`);
        const [checks, incidents, runs, watches] = await Promise.all([
          state.checks.recent(id, recent),
          state.incidents.recent(id, recent),
          state.runs.recent(id, recent),
          state.watches.recent(id, recent),
        ]);
        const check = checks.find(({ verdict }) => verdict !== undefined);
        if (check?.verdict !== undefined && isNews(id, check.verdict)) say(check.windowEnd, checkText(check, colors));
        for (const incident of incidents.toReversed())
          if (isNews(incident.id, incident.state)) say(latestOf(incident), incidentText(incident, colors));
        for (const run of runs.toReversed())
          if (isNews(run.id, run.state)) say(run.finishedAt ?? run.createdAt, runText(run));
        for (const watch of watches.toReversed())
          if (isNews(watch.id, `${watch.state}${isStuck(watch) ? ", stuck" : ""}`))
            say(watch.finishedAt ?? check?.windowEnd ?? watch.startedAt, await watchNews(state, watch));
      }
      first = false;
    },
  };
}

async function watchNews(state: State, watch: WatchRow): Promise<string> {
  const { name } = await state.versions.get(watch.versionId);
  return `version ${plainText(name)}: ${watchText(watch)}`;
}

function checkText({ verdict, reason }: CheckRow, colors: Colors): string {
  const mark = verdict === undefined ? "" : verdictMark(verdict, colors);
  return `${mark}${reason === undefined ? "" : `, ${plainText(reason)}`}`;
}

const latestOf = ({ openedAt, resolvedAt }: IncidentRow): Date => resolvedAt ?? openedAt;

function incidentText({ number, rule, state, severity, resolution }: IncidentRow, colors: Colors): string {
  const standing = state === "resolved" ? colors.green(state) : `${state}, ${verdictMark(severity, colors)}`;
  const how = resolution === undefined ? "" : `: ${plainText(resolution)}`;
  return `INC-${number} ${plainText(rule)} ${standing}${how}`;
}

function runText({ number, state, reason, outcome }: RunRow): string {
  return `run ${number} ${state}: ${plainText(outcome ?? reason)}`;
}
