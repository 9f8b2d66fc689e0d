-- A baseline that nothing was checked against can be replaced: each has the digest of its own file, and the last one of
-- a version is in force.

alter table baseline add column digest text;      -- sha256 of the file; absent: as the version's lineage says
alter table baseline add column seq bigint generated always as identity;
create index check_by_baseline on "check" (baseline_id) where state = 'done';
