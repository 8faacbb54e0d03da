// The limit: node:http, one hand-written text of SQL a query, prepared by name, its JSON passed on unread. There is
// no GraphQL in it: the query's name in the path chooses the text.
import { createServer } from "node:http";
import pg from "pg";
import { connectionString, listening, poolSize } from "./setting.mjs";

const texts = {
  list: `select json_build_object('data', json_build_object('models', json_build_object('nodes', coalesce(json_agg(node), '[]'))))::text as body
    from (
      select json_build_object('id', m.id, 'name', m.name, 'type', m.type,
        'owner', case when u.id is not null then json_build_object('id', u.id, 'name', u.name, 'email', u.email) end,
        'latestTrainingJob', j.job) as node
      from (select * from model order by id desc limit 20) m
      left join user_account u on u.id = m.created_by
      left join lateral (
        select json_build_object('id', t.id, 'status', t.status, 'createdAt', t.created_at) as job
        from training_job t where t.model_id = m.id order by t.id desc limit 1
      ) j on true
      order by m.id desc
    ) nodes`,
  page: `select json_build_object('data', json_build_object('models', json_build_object(
      'pageInfo', json_build_object('hasNextPage', count(*) > 100),
      'nodes', coalesce(json_agg(node) filter (where position <= 100), '[]'))))::text as body
    from (
      select row_number() over (order by m.id desc) as position, json_build_object(
        'id', m.id, 'name', m.name, 'type', m.type, 'createdAt', m.created_at,
        'versions', v.versions, 'trainingJobs', j.jobs) as node
      from (select * from model order by id desc limit 101) m
      cross join lateral (
        select json_build_object('pageInfo', json_build_object('hasNextPage', count(*) > 10),
          'nodes', coalesce(json_agg(json_build_object('id', n.id, 'number', n.number, 'sha256', n.sha256,
            'createdAt', n.created_at)) filter (where n.position <= 10), '[]')) as versions
        from (select row_number() over (order by id desc) as position, * from model_version
          where model_id = m.id order by id desc limit 11) n
      ) v
      cross join lateral (
        select json_build_object('pageInfo', json_build_object('hasNextPage', count(*) > 5),
          'nodes', coalesce(json_agg(json_build_object('id', n.id, 'status', n.status, 'seed', n.seed,
            'createdAt', n.created_at)) filter (where n.position <= 5), '[]')) as jobs
        from (select row_number() over (order by id desc) as position, * from training_job
          where model_id = m.id order by id desc limit 6) n
      ) j
      order by m.id desc
    ) nodes`,
};

const pool = new pg.Pool({ connectionString, max: poolSize, min: poolSize });

const server = createServer((request, response) => {
  const name = /** @type {keyof typeof texts} */ (request.url?.slice(1));
  request.resume().on("end", async () => {
    const { rows } = await pool.query({ name, text: texts[name], rowMode: "array" });
    const body = rows[0][0];
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.setHeader("content-length", Buffer.byteLength(body));
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => listening(server.address()));
