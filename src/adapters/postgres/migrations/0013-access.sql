-- Who may ask: tokens, and the words of persons on a candidate.

create table token (
  id uuid primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$'),   -- stands on records: never used again
  role text not null check (role in ('viewer', 'operator', 'approver', 'admin')),
  models text,                                  -- JSON: the models it is limited to; absent: all
  hash text not null unique,                    -- sha256 of its secret, in hex
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  used_at timestamptz,                          -- within ten minutes
  check ((revoked_at is null) = (revoked_by is null))
);

create table approval (
  run_id uuid not null references run (id),
  actor_kind text not null check (actor_kind in ('system', 'person', 'token')),
  actor_id text not null,
  reason text not null,
  at timestamptz not null,
  primary key (run_id, actor_kind, actor_id)
);
create trigger append_only before update or delete on approval for each row execute function refuse_change();
create trigger append_only_truncate before truncate on approval for each statement execute function refuse_change();

-- The records of one run, and of a span of time.
create index record_by_subject on record (subject, seq);
create index record_by_time on record (at, seq);
