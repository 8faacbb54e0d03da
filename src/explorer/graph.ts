import type { Fetcher, FetcherOpts, FetcherParams } from "@graphiql/toolkit";
import { type DocumentNode, getOperationAST } from "graphql";
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
    return ((request: FetcherParams, options?: FetcherOpts) =>
      isSubscription(options?.documentAST, request.operationName)
        ? this.watch(request)
        : this.#session.send(request, options?.headers)) as Fetcher;
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

/** The introspection comes without a parsed document and is a query. */
const isSubscription = (document: DocumentNode | undefined, name: string | null | undefined): boolean =>
  document !== undefined && getOperationAST(document, name)?.operation === "subscription";
