-- Who wrote the commit that last changed a policy, and policies that were offered and could not be put in force.

alter table policy_revision add column author text;   -- "Name <address>"; absent outside of git

create table policy_refusal (
  id uuid primary key,
  model_id uuid not null references model (id),
  seq bigint not null,
  path text not null,
  git_commit text,
  author text,
  digest text not null,
  problems text not null,                       -- JSON: place, message and hint of each mistake
  refused_at timestamptz not null,
  cleared_at timestamptz,                       -- when a policy that can be used was found in its place
  unique (model_id, seq),
  unique nulls not distinct (model_id, digest, git_commit)
);
