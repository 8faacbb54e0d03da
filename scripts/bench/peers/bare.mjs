// The limit: node:http, one hand-written text of SQL a query, prepared by name, its JSON passed on unread. There is
// no GraphQL in it: the query's name in the path chooses the text.
import { createServer } from "node:http";
import pg from "pg";
import { connectionString, listening, poolSize } from "./setting.mjs";

// Rows are written as JSON by their own columns' names, which Postgres does faster than from lists of keys and values.
const texts = {
  list: `select json_build_object('data', json_build_object('models', json_build_object(
      'nodes', coalesce(json_agg(node), '[]'))))::text as body
    from (
      select m.id, m.name, m.type,
        (select row_to_json(u) from (select id, name, email from user_account where id = m.created_by) u) as owner,
        (select row_to_json(j) from (
          select id, status, created_at as "createdAt" from training_job
          where model_id = m.id order by id desc limit 1) j) as "latestTrainingJob"
      from model m order by m.id desc limit 20
    ) node`,
  page: `select json_build_object('data', json_build_object('models', json_build_object(
      'pageInfo', json_build_object('hasNextPage', exists (select from model offset 100)),
      'nodes', coalesce(json_agg(node), '[]'))))::text as body
    from (
      select m.id, m.name, m.type, m.created_at as "createdAt",
        (select json_build_object(
            'pageInfo', json_build_object('hasNextPage',
              exists (select from model_version where model_id = m.id offset 10)),
            'nodes', coalesce(json_agg(n), '[]'))
          from (select id, number, sha256, created_at as "createdAt" from model_version
            where model_id = m.id order by id desc limit 10) n) as versions,
        (select json_build_object(
            'pageInfo', json_build_object('hasNextPage',
              exists (select from training_job where model_id = m.id offset 5)),
            'nodes', coalesce(json_agg(n), '[]'))
          from (select id, status, seed, created_at as "createdAt" from training_job
            where model_id = m.id order by id desc limit 5) n) as "trainingJobs"
      from model m order by m.id desc limit 100
    ) node`,
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
