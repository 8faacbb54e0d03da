create table persisted_operation (
  -- `sha256:` and the digest of the exact text.
  hash text collate "C" primary key,
  id text collate "C" not null unique,
  document text not null,
  name text,
  kind text collate "C" not null,
  cost integer not null,
  permissions text[] not null,
  created_by text collate "C",
  created_at timestamptz not null
);

-- What an idempotent mutation answered the first time, sealed under the tenant's key.
create table idempotent_outcome (
  key text collate "C" primary key,
  fingerprint text collate "C" not null,
  outcome bytea not null,
  created_at timestamptz not null
);
create index idempotent_outcome_created on idempotent_outcome (created_at);

grant select, insert, update, delete on persisted_operation, idempotent_outcome to :tenant_role;
