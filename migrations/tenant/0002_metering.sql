-- Facts that were metered. Append-only: the tenant's role can neither change nor remove one.
create table usage_event (
  id text collate "C" primary key,
  at timestamptz not null,
  meter text collate "C" not null,
  quantity bigint not null check (quantity > 0),
  subject text collate "C",
  actor text collate "C"
);
create index usage_event_at on usage_event (at, meter) include (quantity);

-- What is used of a limit in a window of time; the row lock makes a limit hold under concurrency.
create table quota_counter (
  meter text collate "C" not null,
  window_name text collate "C" not null,
  starts_at timestamptz not null,
  used bigint not null,
  primary key (meter, window_name, starts_at)
);

grant select, insert on usage_event to :tenant_role;
grant select, insert, update, delete on quota_counter to :tenant_role;
