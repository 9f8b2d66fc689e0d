-- The rows that hold the rules. Times are what the Clock port said, never now(); ids come from the Ids port.

create table model (
  id uuid primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9._-]{1,100})?$'),
  task text check (task in ('binary', 'multiclass', 'regression')),
  features text not null default '{}',          -- JSON: feature name to "numeric" or "categorical", as first seen
  champion_version uuid,
  champion_baseline uuid,
  champion_epoch bigint not null default 0,     -- grows with each change of the alias champion
  policy_revision uuid,
  log_seq bigint not null default 0,            -- what is known: grows with each file of the log
  next_slot timestamptz,                        -- the first slot not yet planned
  decided_slot timestamptz,                     -- the last slot that was decided
  created_at timestamptz not null
);

create table policy_revision (
  id uuid primary key,
  model_id uuid not null references model (id),
  seq bigint not null,
  path text not null,
  git_commit text,
  digest text not null,
  source text not null,                         -- the file, byte for byte
  applied_at timestamptz not null,
  unique (model_id, seq)
);

create table version (
  id uuid primary key,
  model_id uuid not null references model (id),
  name text not null,
  artifact text,                                -- where the trained artifact is; absent for versions made elsewhere
  lineage text not null,                        -- JSON: run, cut, rows, digests, trainer, code commit
  created_at timestamptz not null,
  unique (model_id, name),
  unique (model_id, id)
);

create table baseline (
  id uuid primary key,
  model_id uuid not null references model (id),
  version_id uuid not null,
  row_count bigint not null,
  source text not null,
  profile bytea not null,
  metrics text not null,                        -- JSON: metric to estimate; the version's promise
  created_at timestamptz not null,
  foreign key (model_id, version_id) references version (model_id, id)
);

create table alias_change (
  model_id uuid not null references model (id),
  alias text not null,
  seq bigint not null,                          -- the row with the highest seq is in force
  version_id uuid not null,
  baseline_id uuid references baseline (id),
  at timestamptz not null,
  reason text not null,
  run_id uuid,
  primary key (model_id, alias, seq),
  foreign key (model_id, version_id) references version (model_id, id)
);
create unique index alias_change_one_promotion_per_run on alias_change (run_id, alias) where run_id is not null;

create table ingest (
  id uuid primary key,
  model_id uuid not null references model (id),
  digest text not null,                         -- sha256 of the file's bytes and of what it was read as
  kind text not null check (kind in ('predictions', 'labels')),
  source text not null,
  accepted bigint not null,
  known bigint not null,                        -- rows that were there already
  refused bigint not null,
  reject_file text,
  at timestamptz not null,
  unique (model_id, digest)
);

create table log_file (
  id uuid primary key,
  model_id uuid not null references model (id),
  seq bigint not null,
  ingest_id uuid not null,                      -- its row comes last: files of a broken-off ingest have none, and stand
  kind text not null check (kind in ('predictions', 'labels')),
  day date not null,
  path text not null,                           -- relative to the log's root
  sha256 text not null,
  row_count bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  unique (model_id, seq)
);
create index log_file_by_day on log_file (model_id, kind, day);

-- One row for each prediction id and each labelled id: the same row again changes nothing, other content is refused.
-- No foreign key: checked for each row it would cost as much as the insert, and models are never deleted.
create table log_key (
  model_id uuid not null,
  kind text not null check (kind in ('predictions', 'labels')),
  key bytea not null,                           -- first 16 bytes of the sha256 of the id
  digest bytea not null,                        -- first 8 bytes of the sha256 of the row's canonical content
  primary key (model_id, kind, key)
);

create table count (
  baseline_id uuid not null references baseline (id),
  log_file_id uuid not null references log_file (id),
  hour timestamptz not null,
  segment text not null,                        -- '' is the whole
  counts bytea not null,
  primary key (baseline_id, log_file_id, hour, segment)
);

create table "check" (
  id uuid primary key,
  model_id uuid not null references model (id),
  slot_key text not null,                       -- '' for a check asked for by hand
  slot_at timestamptz not null,
  window_start timestamptz not null,
  window_end timestamptz not null,
  policy_revision_id uuid not null references policy_revision (id),
  version_id uuid,
  baseline_id uuid references baseline (id),
  as_of_seq bigint not null,
  state text not null check (state in ('planned', 'done', 'failed', 'missed')),
  verdict text check (verdict in ('ok', 'warning', 'critical', 'inconclusive')),
  reason text,
  row_count bigint,
  quality text not null default '[]',
  performance text not null default '{}',
  created_at timestamptz not null,
  done_at timestamptz,
  check ((state = 'done') = (verdict is not null)),
  check (verdict is distinct from 'inconclusive' or reason is not null)
);
create unique index check_slot on "check" (model_id, slot_key) where slot_key <> '';
create index check_by_time on "check" (model_id, slot_at);

create table finding (
  check_id uuid not null references "check" (id),
  feature text not null,
  segment text not null,
  test text not null,
  body text not null,                           -- JSON: the finding as `driftward check --json` prints it, with its evidence
  primary key (check_id, feature, segment, test)
);

create table rule_outcome (
  check_id uuid not null references "check" (id),
  rule text not null,
  segment text not null,
  outcome text not null check (outcome in ('holds', 'quiet', 'inconclusive')),
  severity text not null check (severity in ('warning', 'critical')),
  body text not null,                           -- JSON: the condition, its values, its place, the reason
  primary key (check_id, rule, segment)
);

-- Where each rule stands in time: since when it holds, since when it is quiet.
create table rule_state (
  model_id uuid not null references model (id),
  rule text not null,
  segment text not null,
  body text not null,
  primary key (model_id, rule, segment)
);

create table incident (
  id uuid primary key,
  number bigint generated always as identity unique,
  model_id uuid not null references model (id),
  rule text not null,
  segment text not null,
  severity text not null check (severity in ('warning', 'critical')),
  state text not null check (state in ('firing', 'acknowledged', 'resolved')),
  epoch bigint not null default 0,
  opened_check uuid not null references "check" (id),
  last_check uuid not null references "check" (id),
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text,
  check ((state = 'resolved') = (resolved_at is not null and resolution is not null))
);
create unique index incident_one_open on incident (model_id, rule, segment) where state <> 'resolved';

create table decision (
  id uuid primary key,
  check_id uuid not null references "check" (id),
  rule text not null,
  segment text not null,
  action text not null,
  incident_id uuid references incident (id),
  outcome text not null check (outcome in ('carried out', 'refused')),
  reason text not null,
  at timestamptz not null,
  unique (check_id, rule, segment, action)
);

create table notification (
  id uuid primary key,
  subject_kind text not null check (subject_kind in ('incident', 'run', 'model')),
  subject_id uuid not null,
  kind text not null,                           -- opened, resolved, promoted, rejected, failed …
  n int not null,
  recipient text not null,
  message_id text not null unique,
  body text not null,                           -- JSON: what the mail is rendered from
  state text not null check (state in ('queued', 'sent')),
  created_at timestamptz not null,
  sent_at timestamptz,
  unique (subject_id, kind, n, recipient)
);

create table run (
  id uuid primary key,
  number bigint generated always as identity unique,
  model_id uuid not null references model (id),
  decision_id uuid unique references decision (id),
  incident_id uuid references incident (id),
  state text not null check (state in ('queued', 'retraining', 'evaluating', 'promoting', 'promoted', 'rejected', 'failed', 'cancelled')),
  epoch bigint not null default 0,
  trainer text not null,
  reason text not null,
  policy_revision_id uuid not null references policy_revision (id),
  cut timestamptz not null,                     -- rows before it train, mature rows after it evaluate
  as_of_seq bigint not null,
  next_attempt int not null default 1,
  candidate_version uuid,
  outcome text,                                 -- one sentence for people, once finished
  created_at timestamptz not null,
  finished_at timestamptz,
  check ((finished_at is not null) = (state in ('promoted', 'rejected', 'failed', 'cancelled')))
);
create unique index run_one_active on run (model_id) where state in ('queued', 'retraining', 'evaluating', 'promoting');

create table run_attempt (
  run_id uuid not null references run (id),
  n int not null,
  runner text not null,
  runner_key text not null unique,
  state text not null check (state in ('starting', 'succeeded', 'failed', 'lost', 'timed out', 'cancelled')),
  started_at timestamptz not null,
  finished_at timestamptz,
  exit_code int,
  message text,
  primary key (run_id, n)
);

create table gate_result (
  run_id uuid not null references run (id),
  gate text not null,
  outcome text not null check (outcome in ('pass', 'fail', 'inconclusive')),
  body text not null,                           -- JSON: values filled in, reason
  primary key (run_id, gate)
);

-- What is left to do. A row is a task; queues only carry it.
create table outbox (
  id bigint generated always as identity primary key,
  key text not null unique,
  kind text not null,
  subject text not null,
  epoch bigint not null default 0,
  not_before timestamptz not null,              -- business time (Clock port)
  due_at timestamptz not null,                  -- wall time: not sent before it; the lease once sent
  sends int not null default 0,
  failures int not null default 0,
  last_error text,
  done_at timestamptz
);
create index outbox_open on outbox (not_before, due_at) where done_at is null;

-- The audit trail. Payload is text: what is hashed must come back byte for byte.
create table record (
  seq bigint primary key,
  actor_kind text not null check (actor_kind in ('system', 'person', 'token')),
  actor_id text not null,
  at timestamptz not null,
  kind text not null,
  subject text not null,
  payload text not null,
  previous_hash text not null,
  hash text not null unique
);
create table record_head (
  one boolean primary key default true check (one),
  seq bigint not null,
  hash text not null
);
insert into record_head (seq, hash) values (0, '');

create table instance (
  one boolean primary key default true check (one),
  id uuid not null default gen_random_uuid()
);
insert into instance default values;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'raise_exception';
end $$;

create trigger keep before delete on record_head for each row execute function refuse_change();
create trigger keep_truncate before truncate on record_head for each statement execute function refuse_change();

do $$
declare name text;
begin
  foreach name in array array['record', 'alias_change', 'finding', 'rule_outcome', 'count', 'log_file', 'log_key', 'ingest', 'policy_revision', 'baseline', 'version', 'decision', 'gate_result'] loop
    execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
    execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
  end loop;
end $$;
