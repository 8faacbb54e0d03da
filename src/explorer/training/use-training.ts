import { useEffect, useState } from "react";
import trainingProgress from "../operations/training-progress.graphql?raw";
import { useServices } from "../session/context";

/** One event of `trainingProgress`; numbers are absent where the job does not measure them. */
export interface Progress {
  epoch: number;
  epochs: number;
  loss?: number | null;
  accuracy?: number | null;
  valLoss?: number | null;
  valAccuracy?: number | null;
  etaMs?: number | null;
  status: string;
}

export interface Course {
  /** One point an epoch, in order: a resumed job reports an epoch again, and the later report counts. */
  points: readonly Progress[];
  last?: Progress;
  error?: string;
}

const empty: Course = { points: [] };

const extended = ({ points }: Course, event: Progress): Course => ({
  points: event.epoch > 0 ? [...points.filter(({ epoch }) => epoch < event.epoch), event] : points,
  last: event,
});

/** Follows a job from now to its end; an empty id follows nothing. */
export function useTraining(jobId: string): Course {
  const { graph } = useServices();
  const [course, setCourse] = useState(empty);
  useEffect(() => {
    setCourse(empty);
    if (!jobId) return undefined;
    const events = graph.watch({ query: trainingProgress, variables: { jobId } });
    const follow = async () => {
      for await (const { data, errors } of events) {
        if (errors?.[0]) throw new Error(errors[0].message);
        setCourse((before) => extended(before, data?.["trainingProgress"] as Progress));
      }
    };
    follow().catch((reason: unknown) => setCourse((before) => ({ ...before, error: sentence(reason) })));
    // Also ends the subscription on the server, which would otherwise go on sending to nobody.
    return () => void events.return?.();
  }, [graph, jobId]);
  return course;
}

/** The socket throws an error, or the list of GraphQL errors that the operation met. */
function sentence(reason: unknown): string {
  const [first] = Array.isArray(reason) ? reason : [reason];
  return first instanceof Object && "message" in first ? String(first.message) : "The subscription failed.";
}
