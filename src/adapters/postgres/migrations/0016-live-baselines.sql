-- Baselines made of what a version served as champion: from when on its rows are gathered, and what came of it.

create table live_baseline (
  id uuid primary key,                          -- also of the baseline that it becomes
  model_id uuid not null references model (id),
  version_id uuid not null unique,
  since timestamptz not null,                   -- when the version became champion
  state text not null check (state in ('waiting', 'gathering', 'making', 'made', 'kept')),
  epoch bigint not null default 0,
  seen_seq bigint not null default 0,           -- what is known up to here has no row of it
  starts_at timestamptz,                        -- rows in [starts_at, ends_at) are gathered
  ends_at timestamptz,
  as_of_seq bigint,                             -- what was known when it was made
  made_at timestamptz,                          -- younger labels than mature ones are left out, as of then
  policy_revision_id uuid references policy_revision (id),
  row_count bigint,
  reason text,                                  -- why the baseline before is kept
  foreign key (model_id, version_id) references version (model_id, id),
  check ((starts_at is not null) = (state <> 'waiting') and (starts_at is null) = (ends_at is null)),
  check (state not in ('making', 'made') or (as_of_seq is not null and made_at is not null and policy_revision_id is not null)),
  check ((reason is not null) = (state = 'kept'))
);
