-- A version that answers a part of the requests beside the one deployed, before it takes its place.
alter table deployment
  add canary_version_id text collate "C" references model_version (id),
  add canary_percent integer,
  add constraint deployment_canary check ((canary_version_id is null) = (canary_percent is null)),
  add constraint deployment_canary_percent check (canary_percent between 1 and 99);

-- Of a change of kind CANARY: which part.
alter table deployment_change add traffic_percent integer;
