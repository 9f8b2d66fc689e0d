-- What happens to a version after its promotion: it is watched, and may be taken back.

create table watch (
  id uuid primary key,
  model_id uuid not null references model (id),
  run_id uuid references run (id),
  version_id uuid not null,
  baseline_id uuid not null references baseline (id),
  champion_epoch bigint not null,               -- of the promotion that is watched
  state text not null check (state in ('watching', 'unverified', 'kept', 'rolled back', 'superseded')),
  epoch bigint not null default 0,
  started_at timestamptz not null,
  ends_at timestamptz not null,
  judged bigint not null default 0,             -- checks that could judge it
  outcome text,                                 -- one sentence for people, once over
  finished_at timestamptz,
  unique (model_id, champion_epoch),
  foreign key (model_id, version_id) references version (model_id, id),
  check ((finished_at is not null) = (state in ('kept', 'rolled back', 'superseded')))
);
create unique index watch_one_open on watch (model_id) where state in ('watching', 'unverified');

-- Versions that were taken back are not promoted again until a person lifts it.
create table version_block (
  id uuid primary key,
  model_id uuid not null references model (id),
  version_id uuid not null,
  reason text not null,
  blocked_by text not null,
  blocked_at timestamptz not null,
  lifted_by text,
  lift_reason text,
  lifted_at timestamptz,
  foreign key (model_id, version_id) references version (model_id, id),
  check ((lifted_at is not null) = (lifted_by is not null))
);
create unique index version_block_one_open on version_block (version_id) where lifted_at is null;
