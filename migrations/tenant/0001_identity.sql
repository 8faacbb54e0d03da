create table user_account (
  id text collate "C" primary key,
  email text not null,
  name text not null,
  role text not null,
  status text not null,
  password_hash text,
  invitation_hash text collate "C",
  invitation_expires_at timestamptz,
  last_active_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint user_account_email_key unique (email)
);

create table session (
  id text collate "C" primary key,
  account_id text collate "C" not null references user_account (id) on delete cascade,
  -- How often the refresh token was rotated; an older one presented again means that it was stolen.
  rotation integer not null,
  ip text,
  user_agent text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_account on session (account_id);

-- Failed sign-ins in a row by address, whether or not anybody has it: what slows down guessing tells nobody who exists.
create table sign_in_failure (
  email_hash text collate "C" primary key,
  failures integer not null,
  last_at timestamptz not null
);

create table api_key (
  id text collate "C" primary key,
  name text not null,
  secret_hash text collate "C" not null,
  scopes text[] not null,
  persisted_only boolean not null,
  created_by text collate "C",
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);

grant select, insert, update, delete on user_account, session, sign_in_failure, api_key to :tenant_role;
