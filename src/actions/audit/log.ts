import type { RecordFilter, RecordRow, State } from "../../ports/state.ts";
import { requireModel } from "../check-model.ts";

export interface LogRequest {
  readonly model?: string | undefined;
  readonly actor?: string | undefined;
  readonly kind?: string | undefined;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** The newest so many; all when undefined. */
  readonly limit: number | undefined;
}

const page = 1_000;

/**
 * Records of the audit trail, oldest first, a page at a time.
 *
 * @throws NotFound when there is no such model
 */
export async function* auditLog(
  state: State,
  { model: name, limit, ...rest }: LogRequest,
): AsyncGenerator<readonly RecordRow[]> {
  const model = name === undefined ? undefined : await requireModel(state, name);
  const filter: RecordFilter = { ...rest, model: model && { id: model.id, name: model.name } };
  if (limit !== undefined) {
    yield (await state.records.newest(filter, limit)).toReversed();
    return;
  }
  for (let after = 0; ; ) {
    const rows = await state.records.after(filter, page, after);
    yield rows;
    if (rows.length < page) return;
    after = rows.at(-1)?.seq ?? after;
  }
}
