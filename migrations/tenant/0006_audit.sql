-- Who did what. Append-only twice over: the tenant's role lacks the privilege, and a trigger refuses everybody.
create table audit_event (
  id text collate "C" primary key,
  at timestamptz not null,
  action text collate "C" not null,
  operation text collate "C" not null,
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
create index audit_event_actor on audit_event (actor_id, id);
-- Events arrive nearly in the order of time, so block ranges find a period at a thousandth of a B-tree's size.
create index audit_event_at on audit_event using brin (at);

-- Events recorded and not yet in the chain; written with the event itself. What is to be sealed is read here and
-- not searched for among all events, so a seal costs what is new, and an event that commits late is never passed by.
create table audit_unsealed (event_id text collate "C" primary key);

-- The hash chain over the events, in the order in which they were sealed. No foreign key: its row locks would
-- rewrite every event, and verifying finds a missing one all the same.
create table audit_seal (
  position bigint primary key,
  event_id text collate "C" not null unique,
  hash text collate "C" not null
);

create trigger audit_event_append_only before update or delete or truncate on audit_event
  for each statement execute function control.refuse_change();
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function control.refuse_change();

grant select, insert on audit_event, audit_seal to :tenant_role;
grant select, insert, delete on audit_unsealed to :tenant_role;
