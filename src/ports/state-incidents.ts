import type { Transition } from "./state.ts";
import type { IncidentMember, IncidentMemberRow, IncidentRow } from "./state-rows.ts";

export interface IncidentReads {
  get(id: string): Promise<IncidentRow>;
  findByNumber(number: number): Promise<IncidentRow | undefined>;
  /** The model's own and those of a source that it is a member of now. */
  open(modelId: string): Promise<readonly IncidentRow[]>;
  /** The one that stands for a rule and a source. */
  openOfSource(sourceKey: string, rule: string): Promise<IncidentRow | undefined>;
  /** Newest first; with those of a source that the model is or was a member of. */
  recent(modelId: string, limit: number): Promise<readonly IncidentRow[]>;
  /** In the order they joined; none where the incident is one model's alone. */
  members(incidentId: string): Promise<readonly IncidentMember[]>;
}

export interface IncidentWrites {
  /** The number is given by the database and returned. */
  insert(row: Omit<IncidentRow, "number">): Promise<IncidentRow>;
  transition(change: Transition<IncidentRow>): Promise<boolean>;
  /**
   * Holds the incidents of a source until the transaction ends. Second in the lock order: after the model, before
   * incidents are read and before anything else is locked; several in the order of their keys.
   */
  lockSource(sourceKey: string): Promise<void>;
  /** False when the model is a member already. */
  insertMember(row: IncidentMemberRow): Promise<boolean>;
  /** False when it has left before. */
  endMember(
    of: Pick<IncidentMemberRow, "incidentId" | "n">,
    set: Pick<IncidentMemberRow, "leftCheck" | "leftAt" | "resolution">,
  ): Promise<boolean>;
}
