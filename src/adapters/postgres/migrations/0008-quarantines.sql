-- Hours of event time that a person distrusts: kept out of windows, baselines and training data from a place in the
-- model's sequence on, until another one.
create table quarantine (
  id uuid primary key,
  number bigint generated always as identity unique,
  model_id uuid not null references model (id),
  "from" timestamptz not null,                  -- whole hours, half-open
  "to" timestamptz not null,
  reason text not null,
  created_by text not null,
  seq bigint not null,                          -- taken from model.log_seq: what was known then does not change
  at timestamptz not null,
  lifted_seq bigint,
  lifted_by text,
  lifted_at timestamptz,
  check ("to" > "from"),
  check ((lifted_seq is null) = (lifted_at is null)),
  check (lifted_seq is null or lifted_seq > seq)
);
create index quarantine_of_model on quarantine (model_id, number);

alter table "check" add column quarantined double precision not null default 0;  -- hours of its window that were kept out
