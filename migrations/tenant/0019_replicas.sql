-- Serving threads that answer side by side with what is deployed; of deployments of before one.
alter table deployment
  add replicas integer not null default 1,
  add constraint deployment_replicas check (replicas >= 1);
