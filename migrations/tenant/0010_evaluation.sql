-- What a version was made of and from. Null for versions older than this record of them.
alter table model_version
  add parent_id text collate "C" references model_version (id) on delete set null,
  add dataset_id text collate "C" references dataset (id) on delete set null,
  add architecture jsonb,
  add hyperparameters jsonb,
  add seed integer,
  add kernels jsonb,
  add split jsonb,
  add left_out jsonb,
  add changes jsonb;

update model_version version set dataset_id = job.dataset_id, hyperparameters = job.hyperparameters, seed = job.seed
  from training_job job where job.version_id = version.id;
-- Both foreign keys are looked along when what they name is deleted.
create index model_version_parent on model_version (parent_id);
create index model_version_dataset on model_version (dataset_id);

-- How good a version is on its held-out rows; the id is the version's. A table of its own, since it is large and most
-- who read versions don't ask for it.
create table version_evaluation (
  id text collate "C" primary key references model_version (id) on delete cascade,
  rows integer not null,
  resamples integer not null,
  roc_area double precision,
  average_precision double precision,
  intervals jsonb not null,
  classes jsonb,
  calibration jsonb,
  residuals jsonb
);

-- What a version said of each held-out row, beside the truth: values of the dataset, so sealed under the tenant's key.
create table version_outcomes (
  version_id text collate "C" primary key references model_version (id) on delete cascade,
  bytes bytea not null
);
alter table version_outcomes alter column bytes set storage external;

grant select, insert, update, delete on version_evaluation, version_outcomes to :tenant_role;
