-- What was found to compute the version's answers when it was published; null where that is not known.
alter table model_version add column engine text collate "C";

-- Who may fetch an export for a few minutes. The secret in its URL is kept as a SHA-256 only.
create table download (
  id text collate "C" primary key,
  version_id text collate "C" not null references model_version (id) on delete cascade,
  format text not null,
  secret_hash text collate "C" not null,
  created_by text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index download_version on download (version_id);
create index download_expiry on download (expires_at);

grant select, insert, delete on download to :tenant_role;
