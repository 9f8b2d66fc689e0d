-- What a check saw of segments that rules are asked of, and which rows carry its drift.

alter table "check" add column segments text not null default '[]';    -- JSON: rows and performance of each segment
alter table "check" add column explanation text;                       -- JSON; absent where nothing explains the drift
