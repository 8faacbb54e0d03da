-- Who did what. Append-only twice over: the tenant's role lacks the privilege, and a trigger refuses everybody.
create table audit_event (
  id text collate "C" primary key,
  at timestamptz not null,
  action text collate "C" not null,
  actor_kind text collate "C" not null,
  actor_id text collate "C",
  subject text collate "C",
  before jsonb,
  after jsonb,
  outcome text collate "C" not null,
  ip text,
  user_agent text,
  request_id text not null
);
create index audit_event_subject on audit_event (subject, id);
create index audit_event_action on audit_event (action, id);

-- The hash chain over the events, in the order in which they were sealed.
create table audit_seal (
  position bigint primary key,
  event_id text collate "C" not null unique references audit_event (id),
  hash text collate "C" not null
);

create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function control.refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function control.refuse_change();

grant select, insert on audit_event, audit_seal to :tenant_role;
