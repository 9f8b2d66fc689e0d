-- People's words on incidents: acknowledgements and silences; and notifications that were not sent, with why.

alter table incident add column acknowledged_at timestamptz;
alter table incident add column acknowledged_by text;

create table silence (
  id uuid primary key,
  number bigint generated always as identity unique,
  model_id uuid not null references model (id),
  rule text,                                    -- absent: every rule
  segment text,                                 -- absent: every segment
  reason text not null,
  created_by text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,                 -- moved forward where a person ends it early
  check (ends_at >= starts_at)
);
create index silence_of_model on silence (model_id, ends_at);

alter table notification add column reason text;    -- why it was not sent
alter table notification drop constraint notification_state_check;
alter table notification add constraint notification_state_check
  check (state in ('queued', 'sent', 'silenced', 'failed'));
