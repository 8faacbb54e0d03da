create table training_job (
  id text collate "C" primary key,
  -- Checked at the commit: the room of training removes the jobs of a deleted model itself, after cancelling them.
  model_id text collate "C" not null references model (id) deferrable initially deferred,
  dataset_id text collate "C" references dataset (id) on delete set null,
  version_id text collate "C" references model_version (id) on delete set null,
  status text not null,
  seed integer not null,
  hyperparameters jsonb not null,
  plan jsonb not null,
  progress jsonb,
  failure jsonb,
  trained_ms double precision not null,
  created_by text collate "C",
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  constraint training_job_version_key unique (version_id),
  -- A deleted dataset leaves its finished jobs behind; while one still needs it, this refuses the deletion.
  constraint training_job_dataset_check check (dataset_id is not null or status not in ('QUEUED', 'RUNNING'))
);
create index training_job_model on training_job (model_id, id);

-- Where a killed training resumes: all that the next epoch depends on, to the bit, sealed under the tenant's key.
create table training_checkpoint (
  job_id text collate "C" primary key references training_job (id) on delete cascade,
  epoch integer not null,
  bytes bytea not null
);
alter table training_checkpoint alter column bytes set storage external;

grant select, insert, update, delete on training_job, training_checkpoint to :tenant_role;
