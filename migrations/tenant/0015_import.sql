-- An imported version was not trained here: nobody measured it, and what it was trained from is not known.
alter table model_version
  alter column metrics drop not null,
  add column source text collate "C" not null default 'TRAINED',
  add constraint model_version_measured check (metrics is not null or source = 'IMPORTED');

-- Leave to send one model's file for a while. The secret in its URL is kept as a SHA-256 only.
create table model_import (
  id text collate "C" primary key,
  model_id text collate "C" not null references model (id) on delete cascade,
  -- What came of it; stays set when the version is deleted with its model alone.
  version_id text collate "C" references model_version (id) on delete cascade,
  format text not null,
  -- Columns, classes and scales that the file does not tell itself.
  plan jsonb not null,
  -- Of the file, where the sender said it beforehand.
  sha256 text collate "C",
  upload_hash text collate "C" not null,
  created_by text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index model_import_model on model_import (model_id);
create index model_import_version on model_import (version_id);
create index model_import_expiry on model_import (expires_at);

grant select, insert, update, delete on model_import to :tenant_role;
