-- What happened to the deployments of a model, in order of the ids; nothing is changed afterwards.
create table deployment_change (
  id text collate "C" primary key,
  model_id text collate "C" not null references model (id) on delete cascade,
  environment text not null,
  kind text not null,
  -- Null where nothing answers from then on.
  version_id text collate "C" references model_version (id) on delete cascade,
  -- The change that a rollback of this one goes back to: another version, deployed before.
  previous_id text collate "C" references deployment_change (id) on delete cascade,
  created_by text collate "C",
  created_at timestamptz not null,
  constraint deployment_change_version check ((version_id is null) = (kind = 'UNDEPLOYED'))
);
create index deployment_change_model on deployment_change (model_id, environment, id);
create index deployment_change_version on deployment_change (version_id);
create index deployment_change_previous on deployment_change (previous_id);

insert into deployment_change (id, model_id, environment, kind, version_id, created_by, created_at)
  select replace(id, 'deployment_', 'deploychange_'), model_id, environment, 'DEPLOYED', version_id, created_by, updated_at
  from deployment;

grant select, insert, delete on deployment_change to :tenant_role;
