-- The control schema: what Tenfold knows of its tenants, and nothing of theirs.

-- Every schema made for a tenant; one without a tenant is warm, waiting to be claimed.
create table control.tenant_schema (
  name text collate "C" primary key,
  tenant_id text collate "C" unique,
  version integer not null,
  fingerprint text not null,
  migration_error text,
  created_at timestamptz not null default now()
);
create index tenant_schema_warm on control.tenant_schema (created_at) where tenant_id is null;

-- The files that tenants' schemas are made of, so that one edited after it ran is noticed.
create table control.tenant_migration (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
);

create table control.tenant (
  id text collate "C" primary key,
  slug text collate "C" not null,
  name text not null,
  plan text not null,
  status text not null,
  schema_name text collate "C" not null,
  wrapped_key bytea,
  persisted_only boolean not null default false,
  custom_domain text collate "C",
  purge_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint tenant_slug_key unique (slug),
  constraint tenant_custom_domain_key unique (custom_domain)
);

create table control.operator (
  id text collate "C" primary key,
  email text not null,
  password_hash text not null,
  created_at timestamptz not null,
  constraint operator_email_key unique (email)
);

create table control.operator_session (
  id text collate "C" primary key,
  account_id text collate "C" not null references control.operator (id) on delete cascade,
  rotation integer not null,
  ip text,
  user_agent text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);

create table control.sign_in_failure (
  email_hash text collate "C" primary key,
  failures integer not null,
  last_at timestamptz not null
);

-- Credentials ended before their time: a session, a user or an API key. Kept until none can be valid any more.
create table control.revocation (
  subject text collate "C" primary key,
  revoked_at timestamptz not null,
  expires_at timestamptz not null
);

-- The newest link of each tenant's audit chain, out of the tenant's reach, so that a cut-off tail shows; signed with
-- a key the database does not have, so that a chain computed anew shows too. Its row lock orders the sealers.
create table control.audit_head (
  tenant_id text collate "C" primary key,
  position bigint not null,
  hash text collate "C" not null,
  sealed_at timestamptz not null,
  signature text collate "C" not null
);

create table control.idempotent_outcome (
  key text collate "C" primary key,
  fingerprint text collate "C" not null,
  outcome bytea not null,
  created_at timestamptz not null
);
create index idempotent_outcome_created on control.idempotent_outcome (created_at);

-- Behind the triggers that keep a tenant's audit trail append-only, for the administrator too.
create function control.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only' using errcode = 'insufficient_privilege';
end $$;

grant select, insert, update, delete on all tables in schema control to tenfold_app;
revoke insert, update, delete on control.migration, control.tenant_migration from tenfold_app;
