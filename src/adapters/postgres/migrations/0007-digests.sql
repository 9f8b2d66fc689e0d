-- Warnings that are gathered until an hour of the day, to be told to a recipient in one mail.

create table digest (
  id uuid primary key,
  recipient text not null,
  due_at timestamptz not null,
  closed_at timestamptz,                        -- when it was written: nothing is gathered into it any more
  unique (recipient, due_at)
);

alter table notification add column digest_id uuid references digest (id);
create index notification_of_digest on notification (digest_id) where digest_id is not null;
alter table notification drop constraint notification_state_check;
alter table notification add constraint notification_state_check
  check (state in ('queued', 'gathered', 'sent', 'silenced', 'failed'));
alter table notification add constraint notification_gathered check (state <> 'gathered' or digest_id is not null);
alter table notification drop constraint notification_subject_kind_check;
alter table notification add constraint notification_subject_kind_check
  check (subject_kind in ('incident', 'run', 'model', 'digest'));
