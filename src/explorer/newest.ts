import newestQuery from "./operations/newest.graphql?raw";
import { type Ids, idsOf, type Newest } from "./ids";
import type { Answer } from "./session/api";
import type { Session } from "./session/session";

/** What the tenant has already; nothing where the viewer may not see it, or the server does not answer. */
export async function newestIds(session: Session): Promise<Ids> {
  const answer = await session.send({ query: newestQuery }).catch((): Answer => ({}));
  return answer.data ? idsOf(answer.data as unknown as Newest) : {};
}
