-- Datasets of one series are versions of each other; a series is named after its first one, which may be deleted.
alter table dataset
  add column series_id text collate "C",
  add column version integer not null default 1,
  add column parent_id text collate "C" references dataset (id) on delete set null,
  -- What is known of an archive of images as a whole; null for tables.
  add column images jsonb;
update dataset set series_id = id;
alter table dataset
  alter column series_id set not null,
  alter column version drop default,
  add constraint dataset_series_version unique (series_id, version);
create index dataset_parent on dataset (parent_id);
