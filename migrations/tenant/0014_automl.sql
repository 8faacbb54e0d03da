create table automl_run (
  id text collate "C" primary key,
  -- Checked at the commit: the room removes the runs of a deleted model itself, after cancelling them.
  model_id text collate "C" not null references model (id) deferrable initially deferred,
  dataset_id text collate "C" references dataset (id) on delete set null,
  version_id text collate "C" references model_version (id) on delete set null,
  status text not null,
  seed integer not null,
  metric text not null,
  algorithms jsonb not null,
  time_limit_seconds integer not null,
  trial_limit integer not null,
  plan jsonb not null,
  leaderboard jsonb not null,
  current jsonb,
  winner jsonb,
  failure jsonb,
  searched_ms double precision not null,
  trained_ms double precision not null,
  created_by text collate "C",
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  constraint automl_run_version_key unique (version_id),
  -- As for a training: a dataset that a run still needs can't be deleted.
  constraint automl_run_dataset_check check (dataset_id is not null or status not in ('QUEUED', 'RUNNING'))
);
create index automl_run_model on automl_run (model_id, id);

create table automl_trial (
  id text collate "C" primary key,
  run_id text collate "C" not null references automl_run (id) on delete cascade,
  number integer not null,
  algorithm text not null,
  architecture jsonb,
  hyperparameters jsonb not null,
  status text not null,
  -- What was measured, fold by fold and rung by rung; the search goes on from it.
  results jsonb not null,
  score double precision,
  deviation double precision,
  epochs integer not null,
  parameters integer,
  failure jsonb,
  trained_ms double precision not null,
  created_at timestamptz not null,
  constraint automl_trial_number_key unique (run_id, number)
);
create index automl_trial_run on automl_trial (run_id, id);

-- Where each fold of a trial goes on, and the winner's training as fold -1; sealed under the tenant's key.
create table automl_checkpoint (
  trial_id text collate "C" not null references automl_trial (id) on delete cascade,
  fold integer not null,
  epoch integer not null,
  bytes bytea not null,
  primary key (trial_id, fold)
);
alter table automl_checkpoint alter column bytes set storage external;

grant select, insert, update, delete on automl_run, automl_trial, automl_checkpoint to :tenant_role;
