import type { FormattedExecutionResult } from "graphql";
import { createClient } from "graphql-ws";
import { type Request, socketAddress } from "./session/api";
import type { Session } from "./session/session";
import { told } from "./told";

export type Event = FormattedExecutionResult<Record<string, unknown>>;

export interface Socket {
  /** Throws with a sentence when the server refuses the socket, or with its errors when it refuses the operation. */
  iterate(request: Request): AsyncIterableIterator<Event>;
  close(): void;
}

/**
 * A graphql-ws client that opens with the first subscription and closes after the last. A socket that was
 * accepted before is opened again when it breaks, with the token of that moment, and its subscriptions resume;
 * one that the server turns away fails at once, for trying again would only hide the reason.
 */
export function createSocket(session: Session): Socket {
  let accepted = false;
  const client = createClient<Record<string, string>>({
    url: socketAddress(location),
    connectionParams: () => session.connectionParams(),
    shouldRetry: () => accepted,
    on: {
      // The answer to the token is outstanding from here: a close before `connected` is a refusal.
      opened: () => {
        accepted = false;
      },
      connected: () => {
        accepted = true;
      },
    },
  });
  return {
    iterate: (request) =>
      explained(
        client.iterate<Record<string, unknown>, Record<string, unknown>>({
          ...request,
          variables: asRecord(request.variables),
        }),
      ),
    close: () => void Promise.resolve(client.dispose()).catch(() => undefined),
  };
}

const asRecord = (variables: unknown): Record<string, unknown> | undefined =>
  variables && typeof variables === "object" ? { ...variables } : undefined;

/** The same iterator with its failures turned into what a person can act on; `return` must reach it unqueued. */
function explained(source: AsyncIterableIterator<Event>): AsyncIterableIterator<Event> {
  const explaining: AsyncIterableIterator<Event> = {
    next: () => source.next().catch(explain),
    return: () => source.return?.() ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]: () => explaining,
  };
  return explaining;
}

function explain(reason: unknown): never {
  // GraphQL errors of the operation itself: GraphiQL lists them as they are.
  if (Array.isArray(reason)) throw reason;
  if (isCloseEvent(reason)) throw told(closeSentences[reason.code] ?? closedFor(reason));
  throw told("The server does not answer on its socket. Is it running?");
}

const closeSentences: Record<number, string> = {
  4401: "Sign in first: the server does not accept the credentials for subscriptions.",
  4403: "Sign in first: the server does not accept the credentials for subscriptions.",
};

const closedFor = ({ code, reason }: { code: number; reason: string }): string =>
  `The server closed the socket (${code}${reason ? `: ${reason}` : ""}). Run the subscription again.`;

const isCloseEvent = (reason: unknown): reason is { code: number; reason: string } =>
  typeof reason === "object" && reason !== null && "code" in reason && "reason" in reason;
