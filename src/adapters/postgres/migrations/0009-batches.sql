-- Which batches of scores the files of the log hold: what a schedule by batch is planned from.
create table batch_part (
  log_file_id uuid not null references log_file (id),
  model_id uuid not null references model (id),
  column_name text not null,                    -- whose values tell batches apart
  batch text not null,                          -- '' in a row that says that the file was looked at
  rows bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  seen_at timestamptz not null,                 -- when it was looked at; the file's arrival where that was before the policy
  primary key (log_file_id, column_name, batch)
);
create index batch_part_of_model on batch_part (model_id, column_name, seen_at);
