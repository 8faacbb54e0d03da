import { useEffect, useState } from "react";
import trainingHistory from "../operations/training-history.graphql?raw";
import trainingProgress from "../operations/training-progress.graphql?raw";
import type { Answer } from "../session/api";
import { useServices } from "../session/context";
import type { Session } from "../session/session";

/** What is drawn of an epoch; numbers are absent where the job does not measure them. */
export interface Point {
  epoch: number;
  loss?: number | null;
  accuracy?: number | null;
  valLoss?: number | null;
  valAccuracy?: number | null;
}

/** One event of `trainingProgress`. */
export interface Progress extends Point {
  epochs: number;
  etaMs?: number | null;
  status: string;
}

export interface Course {
  /** One point an epoch, in order: a resumed job reports an epoch again, and the later report counts. */
  points: readonly Point[];
  last?: Progress;
  error?: string;
}

const empty: Course = { points: [] };

const extended = ({ points }: Course, event: Progress): Course => ({
  points: event.epoch > 0 ? [...points.filter(({ epoch }) => epoch < event.epoch), event] : points,
  last: event,
});

/** With the epochs of before in front of those that were told meanwhile. */
const preceded = ({ points, ...rest }: Course, history: readonly Point[]): Course => {
  const first = points[0]?.epoch ?? Number.POSITIVE_INFINITY;
  return { ...rest, points: [...history.filter(({ epoch }) => epoch < first), ...points] };
};

/** None where they can't be had: the epochs from now on are drawn all the same. */
async function historyOf(session: Session, jobId: string): Promise<readonly Point[]> {
  const answer = await session
    .send({ query: trainingHistory, variables: { jobId } })
    .catch((): Answer => ({}));
  const job = answer.data?.["trainingJob"] as { history: readonly Point[] } | null | undefined;
  return job?.history ?? [];
}

/** Follows a job, with the epochs it has had, to its end; an empty id follows nothing. */
export function useTraining(jobId: string): Course {
  const { graph, session } = useServices();
  const [course, setCourse] = useState(empty);
  useEffect(() => {
    setCourse(empty);
    if (!jobId) return undefined;
    let followed = true;
    void historyOf(session, jobId).then((history) => {
      // Another job may be followed by now.
      if (followed) setCourse((before) => preceded(before, history));
    });
    const events = graph.watch({ query: trainingProgress, variables: { jobId } });
    const follow = async () => {
      for await (const { data, errors } of events) {
        if (errors?.[0]) throw new Error(errors[0].message);
        setCourse((before) => extended(before, data?.["trainingProgress"] as Progress));
      }
    };
    follow().catch((reason: unknown) => setCourse((before) => ({ ...before, error: sentence(reason) })));
    // Also ends the subscription on the server, which would otherwise go on sending to nobody.
    return () => {
      followed = false;
      void events.return?.();
    };
  }, [graph, session, jobId]);
  return course;
}

/** The socket throws an error, or the list of GraphQL errors that the operation met. */
function sentence(reason: unknown): string {
  const [first] = Array.isArray(reason) ? reason : [reason];
  return first instanceof Object && "message" in first ? String(first.message) : "The subscription failed.";
}
