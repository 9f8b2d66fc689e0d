-- A promotion in steps: tried in shadow, handed to the operator's hooks, or taken back from them.

alter table run add column step text check (step in ('shadow', 'deploy', 'undo'));
alter table run add column step_since timestamptz;
alter table run add column step_end text check (step_end in ('rejected', 'failed'));   -- how it ends once undone
alter table run add column step_why text;                                              -- why it is undone
alter table run add constraint run_step_while_promoting
  check (step is null or state in ('promoting', 'promoted', 'rejected', 'failed', 'cancelled'));

-- One row for each try of a hook; at least once outside, recorded once here.
create table hook_call (
  run_id uuid not null references run (id),
  hook text not null,
  act text not null check (act in ('deploy', 'undo')),
  n int not null,
  state text not null check (state in ('started', 'succeeded', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  message text,
  primary key (run_id, hook, act, n),
  check ((finished_at is null) = (state = 'started'))
);
