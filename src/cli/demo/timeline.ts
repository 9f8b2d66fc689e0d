import { groupBy } from "../../core/group-by.ts";
import type { RunNotice } from "../../core/run/notice.ts";
import type { CheckRow, IncidentRow, NotificationRow, RunRow, State } from "../../ports/state.ts";
import { comparedRows } from "../../render/compared-rows.ts";
import { estimate, number } from "../../render/format.ts";
import { plainText } from "../../render/plain-text.ts";
import { type Colors, marks } from "../../render/verdict-mark.ts";
import { isStuck, watchText } from "../../render/watch-words.ts";
import { describeStanding } from "./standing.ts";

export interface Timeline {
  /** Tells what has happened since the last call, up to a slot. */
  tell(slot: Date): Promise<void>;
  /** Tells what a person did. */
  note(slot: Date, text: string): Promise<void>;
  /** Closes the line of the month that is under way. */
  end(): Promise<void>;
}

/** Where the story is told, and what has been told of it. */
interface Story {
  readonly state: State;
  readonly out: (text: string) => void;
  readonly colors: Colors;
  /** State of every incident and run as it was last told, by id. */
  readonly told: Map<string, string>;
  /** The line that is under way. */
  line: { readonly month: string; readonly marks: number; readonly last: CheckRow } | undefined;
}

/** Rows of the past that a day can still change. */
const recent = 20;

/** Columns that the marks of a month take, with a gap after them. */
const marksWidth = 33;

/** The demo's story as it happens: a line a month with a mark a check, and a line for everything that people hear of. */
export function createTimeline(state: State, modelId: string, out: (text: string) => void, colors: Colors): Timeline {
  const story: Story = { state, out, colors, told: new Map(), line: undefined };
  return {
    async tell(slot) {
      const [check] = await state.checks.recent(modelId, 1);
      if (check === undefined) return;
      await tellCheck(story, check);
      const incidents = (await state.incidents.recent(modelId, recent)).toReversed();
      for (const incident of incidents) await tellOpened(story, slot, incident, check);
      await tellRefused(story, slot, check);
      for (const run of (await state.runs.recent(modelId, recent)).toReversed()) await tellRun(story, slot, run);
      await tellTakenBack(story, slot, modelId);
      await tellWatches(story, slot, modelId);
      for (const incident of incidents) await tellEnded(story, slot, incident);
    },
    note: (slot, text) => event(story, slot, colors.cyan("☺"), text),
    end: () => endLine(story),
  };
}

async function endLine(story: Story): Promise<void> {
  const { line } = story;
  if (line === undefined) return;
  const gap = " ".repeat(Math.max(1, marksWidth - line.marks));
  story.out(`${gap}${story.colors.dim(await describeStanding(story.state, line.last))}\n`);
  story.line = undefined;
}

async function event(story: Story, slot: Date, symbol: string, text: string): Promise<void> {
  await endLine(story);
  story.out(`  ${story.colors.dim(slot.toISOString().slice(0, 10))} ${symbol} ${text}\n`);
}

const symbols = { ok: "✓", warning: "▲", critical: "✗", inconclusive: "?" } as const;

async function tellCheck(story: Story, check: CheckRow): Promise<void> {
  if (check.verdict === undefined || !isNews(story, check.id, check.verdict)) return;
  const month = new Date(check.slotAt.getTime() - 1).toISOString().slice(0, 7);
  if (month !== story.line?.month) {
    await endLine(story);
    story.out(`${story.colors.bold(month)}  `);
  }
  const { green, yellow, red, cyan } = story.colors;
  const paint = { ok: green, warning: yellow, critical: red, inconclusive: cyan }[check.verdict];
  story.out(paint(symbols[check.verdict]));
  story.line = { month, marks: (story.line?.marks ?? 0) + 1, last: check };
}

/** Whether a state is news; it is remembered as told. */
function isNews({ told }: Story, id: string, standing: string): boolean {
  const news = told.get(id) !== standing;
  told.set(id, standing);
  return news;
}

function nameOf({ number: incident, rule }: IncidentRow): string {
  return `INC-${incident} ${plainText(rule)}`;
}

async function tellOpened(story: Story, slot: Date, incident: IncidentRow, check: CheckRow): Promise<void> {
  const { told, colors } = story;
  if (told.has(incident.id)) return;
  told.set(incident.id, "firing");
  const mark = incident.severity === "critical" ? colors.red(marks.critical) : colors.yellow(marks.warning);
  await event(story, slot, mark, `${colors.bold(nameOf(incident))}: ${await causeOf(story, check, incident)}`);
  await tellMails(story, slot, incident.id);
}

async function tellEnded(story: Story, slot: Date, incident: IncidentRow): Promise<void> {
  if (incident.state !== "resolved" || !isNews(story, incident.id, incident.state)) return;
  const how = plainText(incident.resolution ?? "");
  await event(story, slot, story.colors.green("✓"), `${nameOf(incident)} ended: ${how}`);
  await tellMails(story, slot, incident.id);
}

/** A retrain that was asked for and not permitted; the same reason once. */
async function tellRefused(story: Story, slot: Date, { id, modelId }: CheckRow): Promise<void> {
  for (const { action, outcome, reason } of await story.state.decisions.ofCheck(id))
    if (action === "retrain" && outcome === "refused" && isNews(story, `${modelId} ${reason}`, outcome))
      await event(story, slot, story.colors.yellow("✋"), `retrain refused: ${plainText(reason)}`);
}

/** A champion that came without a run after the first: a version that serves again. */
async function tellTakenBack(story: Story, slot: Date, modelId: string): Promise<void> {
  const changes = await story.state.aliases.history(modelId, "champion");
  for (const { seq, runId, versionId, reason } of changes) {
    if (seq === 1 || runId !== undefined || !isNews(story, `${modelId} champion ${seq}`, versionId)) continue;
    const { name } = await story.state.versions.get(versionId);
    await event(story, slot, story.colors.yellow("↩"), `version ${plainText(name)} serves again: ${plainText(reason)}`);
    await tellMails(story, slot, modelId);
  }
}

/** How the watch over a promoted version ended, or that the promise is broken and nothing can be done. */
async function tellWatches(story: Story, slot: Date, modelId: string): Promise<void> {
  const { state, colors } = story;
  for (const { id, versionId, ...watch } of (await state.watches.recent(modelId, recent)).toReversed()) {
    const stuck = isStuck(watch);
    if (!(stuck || watch.state === "kept" || watch.state === "unverified")) continue;
    if (!isNews(story, id, `${watch.state}${stuck ? ", stuck" : ""}`)) continue;
    const mark = stuck ? colors.red(marks.critical) : watch.state === "kept" ? colors.green("✓") : colors.yellow("?");
    await event(
      story,
      slot,
      mark,
      `version ${plainText((await state.versions.get(versionId)).name)}: ${watchText(watch)}`,
    );
    await tellMails(story, slot, modelId);
  }
}

async function causeOf({ state, colors }: Story, check: CheckRow, incident: IncidentRow): Promise<string> {
  const outcomes = await state.checks.ruleOutcomes(check.id);
  const body = outcomes.find((one) => one.rule === incident.rule)?.body as
    | { readonly values: Readonly<Record<string, number | boolean | string>>; readonly place: string }
    | undefined;
  const values = Object.entries(body?.values ?? {}).map(
    ([path, value]) => `${path} = ${typeof value === "number" ? number(value) : value}`,
  );
  return `${values.join(", ")} ${colors.dim(`(${plainText(body?.place ?? "")})`)}`;
}

async function tellRun(story: Story, slot: Date, run: RunRow): Promise<void> {
  const { state, colors, told } = story;
  const isNew = !told.has(run.id);
  if (!isNews(story, run.id, run.state)) return;
  if (isNew) await event(story, slot, colors.cyan("⟳"), `run ${run.number} retrains: ${plainText(run.reason)}`);
  const [mail] = await state.notifications.ofSubject(run.id);
  if (mail !== undefined && isNews(story, `${run.id} compared`, "told")) await tellComparison(story, slot, mail);
  if (run.finishedAt === undefined) {
    await tellMails(story, slot, run.id);
    return;
  }
  const mark = run.state === "promoted" ? colors.green("★") : colors.yellow("✋");
  await event(story, slot, mark, `run ${run.number} ${run.state}: ${plainText(run.outcome ?? "")}`);
  await tellMails(story, slot, run.id);
}

async function tellComparison(story: Story, slot: Date, mail: NotificationRow): Promise<void> {
  const notice = mail.body as RunNotice;
  const [first] = notice.metrics;
  if (first === undefined) return;
  const [before, after, apart] = [first.champion, first.candidate, first.difference].map((side) =>
    side?.value === undefined || side.lower === undefined || side.upper === undefined
      ? "not measured"
      : estimate({ value: side.value, lower: side.lower, upper: side.upper }),
  );
  const text = `${first.metric} on ${comparedRows(notice)}: champion ${before}, candidate ${after}, difference ${apart}`;
  await event(story, slot, story.colors.cyan("⚖"), text);
}

/** Mails of one kind to one recipient are one line: an incident that goes on is spoken of again and again. */
async function tellMails(story: Story, slot: Date, subjectId: string): Promise<void> {
  const { state, colors } = story;
  const sent = (await state.notifications.ofSubject(subjectId)).filter(
    (mail) => mail.state === "sent" && isNews(story, mail.id, mail.state),
  );
  for (const [line, mails] of groupBy(sent, ({ recipient, kind }) => `mail to ${plainText(recipient)}: ${kind}`)) {
    const times = mails.length === 1 ? "" : `, ${mails.length} times`;
    await event(story, slot, colors.dim("✉"), colors.dim(`${line}${times}`));
  }
}
