import type { Fetcher, FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import { Kind, type OperationDefinitionNode, OperationTypeNode, parse } from "graphql";
import type { Request } from "./session/api";
import type { Session } from "./session/session";
import { createSocket, type Event, type Socket } from "./socket";

/** The way to the server: queries and mutations by fetch, subscriptions by one lazily opened socket. */
export class Graph {
  readonly #session: Session;
  #socket: Socket;

  constructor(session: Session) {
    this.#session = session;
    this.#socket = createSocket(session);
    this.#followEpochs();
  }

  /** A new function for every call: GraphiQL fetches the schema again when its fetcher is another one. */
  createFetcher(): Fetcher {
    // GraphiQL's type asks for errors as class instances, though it prints what came over the wire.
    return ((params: FetcherParams, options?: FetcherOpts) => {
      const { request, kind } = withOperation(params);
      return kind === OperationTypeNode.SUBSCRIPTION
        ? this.watch(request)
        : this.#session.send(request, options?.headers);
    }) as Fetcher;
  }

  /** Streams a subscription until it completes; `return()` ends it on the server too. */
  watch(request: Request): AsyncIterableIterator<Event> {
    return this.#socket.iterate(request);
  }

  /** A socket belongs to whoever opened it, so the next sign-in gets another one. */
  #followEpochs(): void {
    let { epoch } = this.#session.snapshot();
    this.#session.subscribe(() => {
      if (this.#session.snapshot().epoch === epoch) return;
      epoch = this.#session.snapshot().epoch;
      this.#socket.close();
      this.#socket = createSocket(this.#session);
    });
  }
}

/**
 * Which operation of the document is meant. GraphiQL notices a tenth of a second late that another tab was
 * opened and still names an operation of the tab before; a name that is not in the document means the first.
 */
function withOperation(request: Request): { request: Request; kind: OperationTypeNode | undefined } {
  const operations = operationsIn(request.query);
  const chosen = operations.find(({ name }) => name?.value === request.operationName) ?? operations[0];
  return { request: { ...request, operationName: chosen?.name?.value }, kind: chosen?.operation };
}

function operationsIn(document: string): OperationDefinitionNode[] {
  try {
    return parse(document).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  } catch {
    // Not GraphQL: the server says where the mistake is.
    return [];
  }
}
