CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'raise_exception';
end $function$
;

create table "alias_change" (
  model_id uuid not null,
  alias text not null,
  seq bigint not null,
  version_id uuid not null,
  baseline_id uuid,
  at timestamp with time zone not null,
  reason text not null,
  run_id uuid
);
alter table alias_change add constraint alias_change_pkey PRIMARY KEY (model_id, alias, seq);
alter table alias_change add constraint alias_change_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES baseline(id);
alter table alias_change add constraint alias_change_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table alias_change add constraint alias_change_model_id_version_id_fkey FOREIGN KEY (model_id, version_id) REFERENCES version(model_id, id);
CREATE UNIQUE INDEX alias_change_one_promotion_per_run ON alias_change USING btree (run_id, alias) WHERE (run_id IS NOT NULL);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON alias_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON alias_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "approval" (
  run_id uuid not null,
  actor_kind text not null,
  actor_id text not null,
  reason text not null,
  at timestamp with time zone not null
);
alter table approval add constraint approval_pkey PRIMARY KEY (run_id, actor_kind, actor_id);
alter table approval add constraint approval_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
alter table approval add constraint approval_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['system'::text, 'person'::text, 'token'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON approval FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON approval FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "baseline" (
  id uuid not null,
  model_id uuid not null,
  version_id uuid not null,
  row_count bigint not null,
  source text not null,
  profile bytea not null,
  metrics text not null,
  created_at timestamp with time zone not null,
  digest text,
  seq bigint not null generated always as identity
);
alter table baseline add constraint baseline_pkey PRIMARY KEY (id);
alter table baseline add constraint baseline_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table baseline add constraint baseline_model_id_version_id_fkey FOREIGN KEY (model_id, version_id) REFERENCES version(model_id, id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON baseline FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON baseline FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "batch_part" (
  log_file_id uuid not null,
  model_id uuid not null,
  column_name text not null,
  batch text not null,
  rows bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  seen_at timestamp with time zone not null
);
alter table batch_part add constraint batch_part_pkey PRIMARY KEY (log_file_id, column_name, batch);
alter table batch_part add constraint batch_part_log_file_id_fkey FOREIGN KEY (log_file_id) REFERENCES log_file(id);
alter table batch_part add constraint batch_part_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
CREATE INDEX batch_part_of_model ON batch_part USING btree (model_id, column_name, seen_at);

create table "calibration" (
  digest text not null,
  baseline_id uuid not null,
  body text not null,
  created_at timestamp with time zone not null
);
alter table calibration add constraint calibration_pkey PRIMARY KEY (digest);
alter table calibration add constraint calibration_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES baseline(id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON calibration FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON calibration FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "check" (
  id uuid not null,
  model_id uuid not null,
  slot_key text not null,
  slot_at timestamp with time zone not null,
  window_start timestamp with time zone not null,
  window_end timestamp with time zone not null,
  policy_revision_id uuid not null,
  version_id uuid,
  baseline_id uuid,
  as_of_seq bigint not null,
  state text not null,
  verdict text,
  reason text,
  row_count bigint,
  quality text not null default '[]'::text,
  performance text not null default '{}'::text,
  created_at timestamp with time zone not null,
  done_at timestamp with time zone,
  segments text not null default '[]'::text,
  explanation text,
  quarantined double precision not null default 0
);
alter table "check" add constraint check_pkey PRIMARY KEY (id);
alter table "check" add constraint check_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES baseline(id);
alter table "check" add constraint check_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table "check" add constraint check_policy_revision_id_fkey FOREIGN KEY (policy_revision_id) REFERENCES policy_revision(id);
alter table "check" add constraint check_check CHECK (((state = 'done'::text) = (verdict IS NOT NULL)));
alter table "check" add constraint check_check1 CHECK (((verdict IS DISTINCT FROM 'inconclusive'::text) OR (reason IS NOT NULL)));
alter table "check" add constraint check_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'done'::text, 'failed'::text, 'missed'::text])));
alter table "check" add constraint check_verdict_check CHECK ((verdict = ANY (ARRAY['ok'::text, 'warning'::text, 'critical'::text, 'inconclusive'::text])));
CREATE INDEX check_by_baseline ON "check" USING btree (baseline_id) WHERE (state = 'done'::text);
CREATE INDEX check_by_time ON "check" USING btree (model_id, slot_at);
CREATE UNIQUE INDEX check_slot ON "check" USING btree (model_id, slot_key) WHERE (slot_key <> ''::text);

create table "count" (
  baseline_id uuid not null,
  log_file_id uuid not null,
  hour timestamp with time zone not null,
  segment text not null,
  counts bytea not null,
  edges text not null default 'all'::text
);
alter table count add constraint count_pkey PRIMARY KEY (baseline_id, log_file_id, hour, segment, edges);
alter table count add constraint count_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES baseline(id);
alter table count add constraint count_log_file_id_fkey FOREIGN KEY (log_file_id) REFERENCES log_file(id);
alter table count add constraint count_edges_check CHECK ((edges = ANY (ARRAY['all'::text, 'few'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON count FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON count FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "decision" (
  id uuid not null,
  check_id uuid not null,
  rule text not null,
  segment text not null,
  action text not null,
  incident_id uuid,
  outcome text not null,
  reason text not null,
  at timestamp with time zone not null
);
alter table decision add constraint decision_check_id_rule_segment_action_key UNIQUE (check_id, rule, segment, action);
alter table decision add constraint decision_pkey PRIMARY KEY (id);
alter table decision add constraint decision_check_id_fkey FOREIGN KEY (check_id) REFERENCES "check"(id);
alter table decision add constraint decision_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id);
alter table decision add constraint decision_outcome_check CHECK ((outcome = ANY (ARRAY['carried out'::text, 'refused'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "digest" (
  id uuid not null,
  recipient text not null,
  due_at timestamp with time zone not null,
  closed_at timestamp with time zone
);
alter table digest add constraint digest_recipient_due_at_key UNIQUE (recipient, due_at);
alter table digest add constraint digest_pkey PRIMARY KEY (id);

create table "finding" (
  check_id uuid not null,
  feature text not null,
  segment text not null,
  test text not null,
  body text not null
);
alter table finding add constraint finding_pkey PRIMARY KEY (check_id, feature, segment, test);
alter table finding add constraint finding_check_id_fkey FOREIGN KEY (check_id) REFERENCES "check"(id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON finding FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON finding FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "gate_result" (
  run_id uuid not null,
  gate text not null,
  outcome text not null,
  body text not null
);
alter table gate_result add constraint gate_result_pkey PRIMARY KEY (run_id, gate);
alter table gate_result add constraint gate_result_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
alter table gate_result add constraint gate_result_outcome_check CHECK ((outcome = ANY (ARRAY['pass'::text, 'fail'::text, 'inconclusive'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON gate_result FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON gate_result FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "hook_call" (
  run_id uuid not null,
  hook text not null,
  act text not null,
  n integer not null,
  state text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  message text
);
alter table hook_call add constraint hook_call_pkey PRIMARY KEY (run_id, hook, act, n);
alter table hook_call add constraint hook_call_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
alter table hook_call add constraint hook_call_act_check CHECK ((act = ANY (ARRAY['deploy'::text, 'undo'::text])));
alter table hook_call add constraint hook_call_check CHECK (((finished_at IS NULL) = (state = 'started'::text)));
alter table hook_call add constraint hook_call_state_check CHECK ((state = ANY (ARRAY['started'::text, 'succeeded'::text, 'failed'::text])));

create table "incident" (
  id uuid not null,
  number bigint not null generated always as identity,
  model_id uuid not null,
  rule text not null,
  segment text not null,
  severity text not null,
  state text not null,
  epoch bigint not null default 0,
  opened_check uuid not null,
  last_check uuid not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolution text,
  acknowledged_at timestamp with time zone,
  acknowledged_by text,
  source_key text
);
alter table incident add constraint incident_number_key UNIQUE (number);
alter table incident add constraint incident_pkey PRIMARY KEY (id);
alter table incident add constraint incident_last_check_fkey FOREIGN KEY (last_check) REFERENCES "check"(id);
alter table incident add constraint incident_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table incident add constraint incident_opened_check_fkey FOREIGN KEY (opened_check) REFERENCES "check"(id);
alter table incident add constraint incident_check CHECK (((state = 'resolved'::text) = ((resolved_at IS NOT NULL) AND (resolution IS NOT NULL))));
alter table incident add constraint incident_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'critical'::text])));
alter table incident add constraint incident_state_check CHECK ((state = ANY (ARRAY['firing'::text, 'acknowledged'::text, 'resolved'::text])));
CREATE UNIQUE INDEX incident_one_open ON incident USING btree (model_id, rule, segment) WHERE ((state <> 'resolved'::text) AND (source_key IS NULL));
CREATE UNIQUE INDEX incident_one_open_of_source ON incident USING btree (source_key, rule, segment) WHERE ((state <> 'resolved'::text) AND (source_key IS NOT NULL));

create table "incident_member" (
  incident_id uuid not null,
  n integer not null,
  model_id uuid not null,
  joined_check uuid not null,
  joined_at timestamp with time zone not null,
  left_check uuid,
  left_at timestamp with time zone,
  resolution text
);
alter table incident_member add constraint incident_member_pkey PRIMARY KEY (incident_id, n);
alter table incident_member add constraint incident_member_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id);
alter table incident_member add constraint incident_member_joined_check_fkey FOREIGN KEY (joined_check) REFERENCES "check"(id);
alter table incident_member add constraint incident_member_left_check_fkey FOREIGN KEY (left_check) REFERENCES "check"(id);
alter table incident_member add constraint incident_member_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table incident_member add constraint incident_member_check CHECK ((((left_at IS NULL) = (left_check IS NULL)) AND ((left_at IS NULL) = (resolution IS NULL))));
CREATE INDEX incident_member_of_model ON incident_member USING btree (model_id);
CREATE UNIQUE INDEX incident_member_one_open ON incident_member USING btree (incident_id, model_id) WHERE (left_at IS NULL);

create table "ingest" (
  id uuid not null,
  model_id uuid not null,
  digest text not null,
  kind text not null,
  source text not null,
  accepted bigint not null,
  known bigint not null,
  refused bigint not null,
  reject_file text,
  at timestamp with time zone not null
);
alter table ingest add constraint ingest_model_id_digest_key UNIQUE (model_id, digest);
alter table ingest add constraint ingest_pkey PRIMARY KEY (id);
alter table ingest add constraint ingest_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table ingest add constraint ingest_kind_check CHECK ((kind = ANY (ARRAY['predictions'::text, 'labels'::text, 'shadow'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ingest FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ingest FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "instance" (
  one boolean not null default true,
  id uuid not null default gen_random_uuid()
);
alter table instance add constraint instance_pkey PRIMARY KEY (one);
alter table instance add constraint instance_one_check CHECK (one);

create table "live_baseline" (
  id uuid not null,
  model_id uuid not null,
  version_id uuid not null,
  since timestamp with time zone not null,
  state text not null,
  epoch bigint not null default 0,
  seen_seq bigint not null default 0,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  as_of_seq bigint,
  made_at timestamp with time zone,
  policy_revision_id uuid,
  row_count bigint,
  reason text
);
alter table live_baseline add constraint live_baseline_version_id_key UNIQUE (version_id);
alter table live_baseline add constraint live_baseline_pkey PRIMARY KEY (id);
alter table live_baseline add constraint live_baseline_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table live_baseline add constraint live_baseline_model_id_version_id_fkey FOREIGN KEY (model_id, version_id) REFERENCES version(model_id, id);
alter table live_baseline add constraint live_baseline_policy_revision_id_fkey FOREIGN KEY (policy_revision_id) REFERENCES policy_revision(id);
alter table live_baseline add constraint live_baseline_check CHECK ((((starts_at IS NOT NULL) = (state <> 'waiting'::text)) AND ((starts_at IS NULL) = (ends_at IS NULL))));
alter table live_baseline add constraint live_baseline_check1 CHECK (((state <> ALL (ARRAY['making'::text, 'made'::text])) OR ((as_of_seq IS NOT NULL) AND (made_at IS NOT NULL) AND (policy_revision_id IS NOT NULL))));
alter table live_baseline add constraint live_baseline_check2 CHECK (((reason IS NOT NULL) = (state = 'kept'::text)));
alter table live_baseline add constraint live_baseline_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'gathering'::text, 'making'::text, 'made'::text, 'kept'::text])));

create table "log_file" (
  id uuid not null,
  model_id uuid not null,
  seq bigint not null,
  ingest_id uuid not null,
  kind text not null,
  day date not null,
  path text not null,
  sha256 text not null,
  row_count bigint not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null
);
alter table log_file add constraint log_file_model_id_seq_key UNIQUE (model_id, seq);
alter table log_file add constraint log_file_pkey PRIMARY KEY (id);
alter table log_file add constraint log_file_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table log_file add constraint log_file_kind_check CHECK ((kind = ANY (ARRAY['predictions'::text, 'labels'::text, 'shadow'::text])));
CREATE INDEX log_file_by_day ON log_file USING btree (model_id, kind, day);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON log_file FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON log_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "log_key" (
  model_id uuid not null,
  kind text not null,
  key bytea not null,
  digest bytea not null
);
alter table log_key add constraint log_key_pkey PRIMARY KEY (model_id, kind, key);
alter table log_key add constraint log_key_kind_check CHECK ((kind = ANY (ARRAY['predictions'::text, 'labels'::text, 'shadow'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON log_key FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON log_key FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "migration" (
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone not null default now()
);
alter table migration add constraint migration_pkey PRIMARY KEY (name);

create table "model" (
  id uuid not null,
  name text not null,
  task text,
  features text not null default '{}'::text,
  champion_version uuid,
  champion_baseline uuid,
  champion_epoch bigint not null default 0,
  policy_revision uuid,
  log_seq bigint not null default 0,
  next_slot timestamp with time zone,
  decided_slot timestamp with time zone,
  created_at timestamp with time zone not null
);
alter table model add constraint model_name_key UNIQUE (name);
alter table model add constraint model_pkey PRIMARY KEY (id);
alter table model add constraint model_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9._-]{1,100})?$'::text));
alter table model add constraint model_task_check CHECK ((task = ANY (ARRAY['binary'::text, 'multiclass'::text, 'regression'::text])));

create table "notification" (
  id uuid not null,
  subject_kind text not null,
  subject_id uuid not null,
  kind text not null,
  n integer not null,
  recipient text not null,
  message_id text not null,
  body text not null,
  state text not null,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  reason text,
  digest_id uuid
);
alter table notification add constraint notification_message_id_key UNIQUE (message_id);
alter table notification add constraint notification_subject_id_kind_n_recipient_key UNIQUE (subject_id, kind, n, recipient);
alter table notification add constraint notification_pkey PRIMARY KEY (id);
alter table notification add constraint notification_digest_id_fkey FOREIGN KEY (digest_id) REFERENCES digest(id);
alter table notification add constraint notification_gathered CHECK (((state <> 'gathered'::text) OR (digest_id IS NOT NULL)));
alter table notification add constraint notification_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'gathered'::text, 'sent'::text, 'silenced'::text, 'failed'::text])));
alter table notification add constraint notification_subject_kind_check CHECK ((subject_kind = ANY (ARRAY['incident'::text, 'run'::text, 'model'::text, 'digest'::text])));
CREATE INDEX notification_of_digest ON notification USING btree (digest_id) WHERE (digest_id IS NOT NULL);

create table "outbox" (
  id bigint not null generated always as identity,
  key text not null,
  kind text not null,
  subject text not null,
  epoch bigint not null default 0,
  not_before timestamp with time zone not null,
  due_at timestamp with time zone not null,
  sends integer not null default 0,
  failures integer not null default 0,
  last_error text,
  done_at timestamp with time zone
);
alter table outbox add constraint outbox_key_key UNIQUE (key);
alter table outbox add constraint outbox_pkey PRIMARY KEY (id);
CREATE INDEX outbox_open ON outbox USING btree (not_before, due_at) WHERE (done_at IS NULL);

create table "policy_refusal" (
  id uuid not null,
  model_id uuid not null,
  seq bigint not null,
  path text not null,
  git_commit text,
  author text,
  digest text not null,
  problems text not null,
  refused_at timestamp with time zone not null,
  cleared_at timestamp with time zone
);
alter table policy_refusal add constraint policy_refusal_model_id_digest_git_commit_key UNIQUE NULLS NOT DISTINCT (model_id, digest, git_commit);
alter table policy_refusal add constraint policy_refusal_model_id_seq_key UNIQUE (model_id, seq);
alter table policy_refusal add constraint policy_refusal_pkey PRIMARY KEY (id);
alter table policy_refusal add constraint policy_refusal_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);

create table "policy_revision" (
  id uuid not null,
  model_id uuid not null,
  seq bigint not null,
  path text not null,
  git_commit text,
  digest text not null,
  source text not null,
  applied_at timestamp with time zone not null,
  author text
);
alter table policy_revision add constraint policy_revision_model_id_seq_key UNIQUE (model_id, seq);
alter table policy_revision add constraint policy_revision_pkey PRIMARY KEY (id);
alter table policy_revision add constraint policy_revision_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON policy_revision FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON policy_revision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "quarantine" (
  id uuid not null,
  number bigint not null generated always as identity,
  model_id uuid not null,
  "from" timestamp with time zone not null,
  "to" timestamp with time zone not null,
  reason text not null,
  created_by text not null,
  seq bigint not null,
  at timestamp with time zone not null,
  lifted_seq bigint,
  lifted_by text,
  lifted_at timestamp with time zone
);
alter table quarantine add constraint quarantine_number_key UNIQUE (number);
alter table quarantine add constraint quarantine_pkey PRIMARY KEY (id);
alter table quarantine add constraint quarantine_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table quarantine add constraint quarantine_check CHECK (("to" > "from"));
alter table quarantine add constraint quarantine_check1 CHECK (((lifted_seq IS NULL) = (lifted_at IS NULL)));
alter table quarantine add constraint quarantine_check2 CHECK (((lifted_seq IS NULL) OR (lifted_seq > seq)));
CREATE INDEX quarantine_of_model ON quarantine USING btree (model_id, number);

create table "record" (
  seq bigint not null,
  actor_kind text not null,
  actor_id text not null,
  at timestamp with time zone not null,
  kind text not null,
  subject text not null,
  payload text not null,
  previous_hash text not null,
  hash text not null
);
alter table record add constraint record_hash_key UNIQUE (hash);
alter table record add constraint record_pkey PRIMARY KEY (seq);
alter table record add constraint record_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['system'::text, 'person'::text, 'token'::text])));
CREATE INDEX record_by_subject ON record USING btree (subject, seq);
CREATE INDEX record_by_time ON record USING btree (at, seq);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON record FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "record_head" (
  one boolean not null default true,
  seq bigint not null,
  hash text not null
);
alter table record_head add constraint record_head_pkey PRIMARY KEY (one);
alter table record_head add constraint record_head_one_check CHECK (one);
CREATE TRIGGER keep BEFORE DELETE ON record_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER keep_truncate BEFORE TRUNCATE ON record_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "rule_outcome" (
  check_id uuid not null,
  rule text not null,
  segment text not null,
  outcome text not null,
  severity text not null,
  body text not null
);
alter table rule_outcome add constraint rule_outcome_pkey PRIMARY KEY (check_id, rule, segment);
alter table rule_outcome add constraint rule_outcome_check_id_fkey FOREIGN KEY (check_id) REFERENCES "check"(id);
alter table rule_outcome add constraint rule_outcome_outcome_check CHECK ((outcome = ANY (ARRAY['holds'::text, 'quiet'::text, 'inconclusive'::text])));
alter table rule_outcome add constraint rule_outcome_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'critical'::text])));
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON rule_outcome FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON rule_outcome FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "rule_state" (
  model_id uuid not null,
  rule text not null,
  segment text not null,
  body text not null
);
alter table rule_state add constraint rule_state_pkey PRIMARY KEY (model_id, rule, segment);
alter table rule_state add constraint rule_state_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);

create table "run" (
  id uuid not null,
  number bigint not null generated always as identity,
  model_id uuid not null,
  decision_id uuid,
  incident_id uuid,
  state text not null,
  epoch bigint not null default 0,
  trainer text not null,
  reason text not null,
  policy_revision_id uuid not null,
  cut timestamp with time zone not null,
  as_of_seq bigint not null,
  next_attempt integer not null default 1,
  candidate_version uuid,
  outcome text,
  created_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  step text,
  step_since timestamp with time zone,
  step_end text,
  step_why text
);
alter table run add constraint run_decision_id_key UNIQUE (decision_id);
alter table run add constraint run_number_key UNIQUE (number);
alter table run add constraint run_pkey PRIMARY KEY (id);
alter table run add constraint run_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decision(id);
alter table run add constraint run_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES incident(id);
alter table run add constraint run_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table run add constraint run_policy_revision_id_fkey FOREIGN KEY (policy_revision_id) REFERENCES policy_revision(id);
alter table run add constraint run_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['promoted'::text, 'rejected'::text, 'failed'::text, 'cancelled'::text]))));
alter table run add constraint run_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'retraining'::text, 'evaluating'::text, 'promoting'::text, 'promoted'::text, 'rejected'::text, 'failed'::text, 'cancelled'::text])));
alter table run add constraint run_step_check CHECK ((step = ANY (ARRAY['shadow'::text, 'deploy'::text, 'undo'::text])));
alter table run add constraint run_step_end_check CHECK ((step_end = ANY (ARRAY['rejected'::text, 'failed'::text])));
alter table run add constraint run_step_while_promoting CHECK (((step IS NULL) OR (state = ANY (ARRAY['promoting'::text, 'promoted'::text, 'rejected'::text, 'failed'::text, 'cancelled'::text]))));
CREATE UNIQUE INDEX run_one_active ON run USING btree (model_id) WHERE (state = ANY (ARRAY['queued'::text, 'retraining'::text, 'evaluating'::text, 'promoting'::text]));

create table "run_attempt" (
  run_id uuid not null,
  n integer not null,
  runner text not null,
  runner_key text not null,
  state text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  exit_code integer,
  message text
);
alter table run_attempt add constraint run_attempt_runner_key_key UNIQUE (runner_key);
alter table run_attempt add constraint run_attempt_pkey PRIMARY KEY (run_id, n);
alter table run_attempt add constraint run_attempt_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
alter table run_attempt add constraint run_attempt_state_check CHECK ((state = ANY (ARRAY['starting'::text, 'succeeded'::text, 'failed'::text, 'lost'::text, 'timed out'::text, 'cancelled'::text])));

create table "silence" (
  id uuid not null,
  number bigint not null generated always as identity,
  model_id uuid not null,
  rule text,
  segment text,
  reason text not null,
  created_by text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null
);
alter table silence add constraint silence_number_key UNIQUE (number);
alter table silence add constraint silence_pkey PRIMARY KEY (id);
alter table silence add constraint silence_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table silence add constraint silence_check CHECK ((ends_at >= starts_at));
CREATE INDEX silence_of_model ON silence USING btree (model_id, ends_at);

create table "token" (
  id uuid not null,
  name text not null,
  role text not null,
  models text,
  hash text not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by text,
  used_at timestamp with time zone
);
alter table token add constraint token_hash_key UNIQUE (hash);
alter table token add constraint token_name_key UNIQUE (name);
alter table token add constraint token_pkey PRIMARY KEY (id);
alter table token add constraint token_check CHECK (((revoked_at IS NULL) = (revoked_by IS NULL)));
alter table token add constraint token_name_check CHECK ((name ~ '^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$'::text));
alter table token add constraint token_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'approver'::text, 'admin'::text])));

create table "version" (
  id uuid not null,
  model_id uuid not null,
  name text not null,
  artifact text,
  lineage text not null,
  created_at timestamp with time zone not null
);
alter table version add constraint version_model_id_id_key UNIQUE (model_id, id);
alter table version add constraint version_model_id_name_key UNIQUE (model_id, name);
alter table version add constraint version_pkey PRIMARY KEY (id);
alter table version add constraint version_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table "version_block" (
  id uuid not null,
  model_id uuid not null,
  version_id uuid not null,
  reason text not null,
  blocked_by text not null,
  blocked_at timestamp with time zone not null,
  lifted_by text,
  lift_reason text,
  lifted_at timestamp with time zone
);
alter table version_block add constraint version_block_pkey PRIMARY KEY (id);
alter table version_block add constraint version_block_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table version_block add constraint version_block_model_id_version_id_fkey FOREIGN KEY (model_id, version_id) REFERENCES version(model_id, id);
alter table version_block add constraint version_block_check CHECK (((lifted_at IS NOT NULL) = (lifted_by IS NOT NULL)));
CREATE UNIQUE INDEX version_block_one_open ON version_block USING btree (version_id) WHERE (lifted_at IS NULL);

create table "watch" (
  id uuid not null,
  model_id uuid not null,
  run_id uuid,
  version_id uuid not null,
  baseline_id uuid not null,
  champion_epoch bigint not null,
  state text not null,
  epoch bigint not null default 0,
  started_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  judged bigint not null default 0,
  outcome text,
  finished_at timestamp with time zone
);
alter table watch add constraint watch_model_id_champion_epoch_key UNIQUE (model_id, champion_epoch);
alter table watch add constraint watch_pkey PRIMARY KEY (id);
alter table watch add constraint watch_baseline_id_fkey FOREIGN KEY (baseline_id) REFERENCES baseline(id);
alter table watch add constraint watch_model_id_fkey FOREIGN KEY (model_id) REFERENCES model(id);
alter table watch add constraint watch_model_id_version_id_fkey FOREIGN KEY (model_id, version_id) REFERENCES version(model_id, id);
alter table watch add constraint watch_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
alter table watch add constraint watch_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['kept'::text, 'rolled back'::text, 'superseded'::text]))));
alter table watch add constraint watch_state_check CHECK ((state = ANY (ARRAY['watching'::text, 'unverified'::text, 'kept'::text, 'rolled back'::text, 'superseded'::text])));
CREATE UNIQUE INDEX watch_one_open ON watch USING btree (model_id) WHERE (state = ANY (ARRAY['watching'::text, 'unverified'::text]));
