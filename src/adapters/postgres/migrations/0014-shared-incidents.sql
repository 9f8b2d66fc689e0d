-- One incident of broken input for all models that read one source: who joined it, and who has left it again.

alter table incident add column source_key text;    -- absent: the model has no source that others read too

drop index incident_one_open;
create unique index incident_one_open on incident (model_id, rule, segment)
  where state <> 'resolved' and source_key is null;
create unique index incident_one_open_of_source on incident (source_key, rule, segment)
  where state <> 'resolved' and source_key is not null;

create table incident_member (
  incident_id uuid not null references incident (id),
  n int not null,                               -- 1 is the model that opened it; who comes back is a member anew
  model_id uuid not null references model (id),
  joined_check uuid not null references "check" (id),
  joined_at timestamptz not null,
  left_check uuid references "check" (id),
  left_at timestamptz,
  resolution text,
  primary key (incident_id, n),
  check ((left_at is null) = (left_check is null) and (left_at is null) = (resolution is null))
);
create unique index incident_member_one_open on incident_member (incident_id, model_id) where left_at is null;
create index incident_member_of_model on incident_member (model_id);
