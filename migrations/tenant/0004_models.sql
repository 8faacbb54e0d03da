create table model (
  id text collate "C" primary key,
  name text not null,
  type text not null,
  target text,
  features text[],
  architecture jsonb,
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint model_name_key unique (name)
);

create table model_version (
  id text collate "C" primary key,
  model_id text collate "C" not null references model (id) on delete cascade,
  number text collate "C" not null,
  ordinal integer not null,
  metrics jsonb not null,
  signature jsonb not null,
  sha256 text collate "C" not null,
  size_bytes bigint not null,
  created_by text collate "C",
  created_at timestamptz not null,
  constraint model_version_number_key unique (model_id, number),
  constraint model_version_ordinal_key unique (model_id, ordinal)
);

-- The trained weights with their preprocessing, sealed under the tenant's key.
create table model_artefact (
  version_id text collate "C" primary key references model_version (id) on delete cascade,
  bytes bytea not null
);
alter table model_artefact alter column bytes set storage external;

create table deployment (
  id text collate "C" primary key,
  model_id text collate "C" not null references model (id) on delete cascade,
  environment text not null,
  version_id text collate "C" not null references model_version (id),
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint deployment_environment_key unique (model_id, environment)
);

grant select, insert, update, delete on model, model_version, model_artefact, deployment to :tenant_role;
