create table dataset (
  id text collate "C" primary key,
  name text not null,
  format text not null,
  header boolean not null,
  status text not null,
  row_count integer,
  size_bytes bigint,
  sha256 text collate "C",
  -- The profile of each column; it holds values of the file, as the categories a column has.
  columns jsonb,
  -- SHA-256 of the secret in the upload URL. It stays after the upload, so that a second one is told why it fails.
  upload_hash text collate "C",
  upload_expires_at timestamptz,
  created_by text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint dataset_ready check (
    status <> 'READY' or (row_count is not null and size_bytes is not null and sha256 is not null and columns is not null)
  )
);

-- The file as it was uploaded, in compressed pieces, each sealed under the tenant's key.
create table dataset_piece (
  dataset_id text collate "C" not null references dataset (id) on delete cascade,
  position integer not null,
  bytes bytea not null,
  primary key (dataset_id, position)
);
-- Compressed already, and ciphertext doesn't compress.
alter table dataset_piece alter column bytes set storage external;

grant select, insert, update, delete on dataset, dataset_piece to :tenant_role;
