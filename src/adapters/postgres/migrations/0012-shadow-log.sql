-- What a challenger predicts in shadow is kept apart: its ids are those of the champion's predictions.

alter table ingest drop constraint ingest_kind_check;
alter table ingest add constraint ingest_kind_check check (kind in ('predictions', 'labels', 'shadow'));
alter table log_file drop constraint log_file_kind_check;
alter table log_file add constraint log_file_kind_check check (kind in ('predictions', 'labels', 'shadow'));
alter table log_key drop constraint log_key_kind_check;
alter table log_key add constraint log_key_kind_check check (kind in ('predictions', 'labels', 'shadow'));
