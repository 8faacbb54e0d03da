create table batch_prediction (
  id text collate "C" primary key,
  -- Checked at the commit: the room of serving removes what a deleted model had predicted, after cancelling it.
  model_id text collate "C" not null references model (id) deferrable initially deferred,
  version_id text collate "C" not null references model_version (id) deferrable initially deferred,
  dataset_id text collate "C" references dataset (id) on delete set null,
  status text not null,
  format text not null,
  rows integer not null,
  rows_done integer not null,
  pieces integer not null,
  eta_ms double precision,
  size_bytes bigint not null,
  failure jsonb,
  created_by text collate "C",
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  -- A deleted dataset leaves its finished predictions behind; while some still need it, this refuses the deletion.
  constraint batch_prediction_dataset_check check (dataset_id is not null or status not in ('QUEUED', 'RUNNING'))
);
create index batch_prediction_model on batch_prediction (model_id, id);

-- The result so far, piece after piece, compressed and sealed under the tenant's key.
create table batch_prediction_piece (
  batch_id text collate "C" not null references batch_prediction (id) on delete cascade,
  position integer not null,
  -- Of the piece in the clear, so that a part of the result is found without opening what lies before it.
  plain_bytes integer not null,
  bytes bytea not null,
  primary key (batch_id, position)
);
alter table batch_prediction_piece alter column bytes set storage external;

grant select, insert, update, delete on batch_prediction to :tenant_role;
grant select, insert, delete on batch_prediction_piece to :tenant_role;

-- A download opens a version or a result.
alter table download alter column version_id drop not null;
alter table download add column batch_id text collate "C" references batch_prediction (id) on delete cascade;
alter table download add constraint download_subject_check check (num_nonnulls(version_id, batch_id) = 1);
create index download_batch on download (batch_id);
