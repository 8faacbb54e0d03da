create table dataset (
  id text collate "C" primary key,
  name text not null,
  format text not null,
  header boolean not null,
  status text not null,
  row_count integer,
  size_bytes bigint,
  sha256 text collate "C",
  columns jsonb,
  failure jsonb,
  upload_expires_at timestamptz,
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null
);

-- The file as it was uploaded, compressed and sealed under the tenant's key, in pieces.
create table dataset_chunk (
  dataset_id text collate "C" not null references dataset (id) on delete cascade,
  position integer not null,
  bytes bytea not null,
  primary key (dataset_id, position)
);
alter table dataset_chunk alter column bytes set storage external;

grant select, insert, update, delete on dataset, dataset_chunk to :tenant_role;
