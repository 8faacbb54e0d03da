-- The learning curve of a training, an epoch a row, so that one is added without writing the others anew.
create table training_epoch (
  id text collate "C" primary key,
  job_id text collate "C" not null references training_job (id) on delete cascade,
  epoch integer not null,
  loss double precision not null,
  accuracy double precision,
  val_loss double precision,
  val_accuracy double precision,
  duration_ms integer not null
);
create index training_epoch_job on training_epoch (job_id, epoch);

-- The epoch whose weights were kept. Null until a job has succeeded, and of those that had done so before.
-- What computes the weights, as the worker said that began or took up the job; null for jobs of before.
alter table training_job add column best_epoch integer, add column kernels jsonb;

grant select, insert, update, delete on training_epoch to :tenant_role;
