-- Limits that were derived from a baseline for a policy: drawn once, and then the same for whoever asks.

create table calibration (
  digest text primary key,                      -- sha256 over all that it follows from
  baseline_id uuid not null references baseline (id),
  body text not null,                           -- JSON: limits, design effects, expected false incidents
  created_at timestamptz not null
);
create trigger append_only before update or delete on calibration for each row execute function refuse_change();
create trigger append_only_truncate before truncate on calibration for each statement execute function refuse_change();
