-- Features that a policy does not watch are counted with few edges. Counts are append-only: where a policy comes to watch
-- one, its hours are counted again with all edges, beside those that are there.
alter table count
  add column edges text not null default 'all' check (edges in ('all', 'few')),
  drop constraint count_pkey,
  add primary key (baseline_id, log_file_id, hour, segment, edges);
