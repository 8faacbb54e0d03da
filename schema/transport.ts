import { type Client as SocketClient, createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { documents, type ErrorCode, type Sdk } from "./client.js";

/** An error as the server tells it. */
export interface ApiError {
  message: string;
  path?: (string | number)[];
  extensions?: {
    code?: ErrorCode;
    /** The finer code, where `code` stands for a family: `DATASET_RAGGED_ROW` is a `BAD_USER_INPUT`. */
    reason?: ErrorCode;
    requestId?: string;
    fields?: { path: string; message: string }[];
    [key: string]: unknown;
  };
}

/** An operation was refused or failed; `code` and `reason` are those of the first error. */
export class ApiFailure extends Error {
  constructor(
    readonly operation: string,
    readonly errors: readonly ApiError[],
  ) {
    super(`${operation}: ${errors.map(({ message }) => message).join(" ")}`);
  }

  get code(): ErrorCode | undefined {
    return this.errors[0]?.extensions?.code;
  }

  get reason(): ErrorCode | undefined {
    return this.errors[0]?.extensions?.reason;
  }
}

interface Answer {
  data?: unknown;
  errors?: readonly ApiError[];
}

/**
 * A program that talks to Tenfold: `await client.sdk.createModel({ input })`, and
 * `for await (const { trainingProgress } of client.sdk.trainingProgress({ jobId }))`. Throws `ApiFailure`.
 */
export class TenfoldClient {
  /** Every operation of schema/operations, typed. */
  readonly sdk: Sdk;

  /** `url` is the server's, without a path; `headers` carry the credentials and, where needed, `x-tenant`. */
  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    const methods = Object.entries(documents).map(([name, query]) => {
      const streams = /^subscription\b/.test(query);
      const method = (variables: object = {}): unknown =>
        streams ? this.#follow(name, query, variables) : this.#send(name, query, variables);
      return [name, method];
    });
    this.sdk = Object.fromEntries(methods) as Sdk;
  }

  /** The same server with more or other headers. */
  with(headers: Readonly<Record<string, string>>): TenfoldClient {
    return new TenfoldClient(this.url, { ...this.headers, ...headers });
  }

  /** The same server under an access token or API key. */
  bearing(credential: string): TenfoldClient {
    return this.with({ authorization: `Bearer ${credential}` });
  }

  async #send(name: string, query: string, variables: object): Promise<unknown> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.headers },
      body: JSON.stringify({ query, variables }),
    });
    return dataOf(name, (await response.json()) as Answer);
  }

  /** A socket for each stream, so that ending the loop ends all that it holds. */
  async *#follow(name: string, query: string, variables: object): AsyncGenerator {
    const socket = this.#socket();
    try {
      for await (const answer of socket.iterate({ query, variables: { ...variables } }))
        yield dataOf(name, answer as Answer);
    } catch (error) {
      // Refusals before the first event arrive as the iterator's failure: a plain list of errors.
      throw Array.isArray(error) ? new ApiFailure(name, error as ApiError[]) : error;
    } finally {
      await socket.dispose();
    }
  }

  #socket(): SocketClient {
    return createClient({
      url: `${this.url.replace(/^http/, "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.headers,
    });
  }
}

function dataOf(name: string, { data, errors }: Answer): unknown {
  if (errors?.length || data === null || data === undefined) throw new ApiFailure(name, errors ?? []);
  return data;
}
