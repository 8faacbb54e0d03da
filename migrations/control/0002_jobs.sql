-- Virtual time of the job queues (src/kernel/jobs/turns.ts). The queues themselves are pg-boss' own schema.

-- Virtual time of a queue: the turn of the latest job that started. Updated with every claim, so its page is
-- kept almost empty and the updates stay on it.
CREATE TABLE control.queue_clock (
  queue text PRIMARY KEY,
  now bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

-- The last turn given to a tenant in a queue. One row a tenant, so that tenants never wait for each other.
CREATE TABLE control.queue_turn (
  queue text NOT NULL REFERENCES control.queue_clock ON DELETE CASCADE,
  tenant_id text NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (queue, tenant_id)
) WITH (fillfactor = 50);

REVOKE ALL ON control.queue_clock, control.queue_turn FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON control.queue_clock, control.queue_turn TO tenfold_app;
