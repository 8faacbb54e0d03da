import { Agent, type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { type ClientOptions, type Client as SocketClient, createClient } from "graphql-ws";
import { WebSocket } from "ws";

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** What a server answered to one operation. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests read answers of any shape.
export interface Answer<Data = any> {
  data?: Data | null;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions?: { code?: string; requestId?: string; [key: string]: unknown };
  }[];
  extensions?: Record<string, unknown>;
  status: number;
}

/** Somebody who talks to the server: sends operations with their credentials. */
export class Client {
  constructor(
    readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
    /** What signing in gave, where it was done. */
    readonly tokens: { accessToken: string; refreshToken: string } | null = null,
  ) {}

  with(headers: Record<string, string>): Client {
    return new Client(this.url, { ...this.headers, ...headers }, this.tokens);
  }

  bearing(credential: string): Client {
    return this.with({ authorization: `Bearer ${credential}` });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- as above.
  async send<Data = any>(query: string, variables: object = {}, more: object = {}): Promise<Answer<Data>> {
    return this.post({ query, variables, ...more });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- as above.
  async post<Data = any>(body: object): Promise<Answer<Data>> {
    const headers = { "content-type": "application/json", ...this.headers };
    // Not fetch, which sends a Host of its own.
    const answer = Promise.withResolvers<IncomingMessage>();
    request(`${this.url}/graphql`, { method: "POST", headers, agent }, answer.resolve)
      .on("error", answer.reject)
      .end(JSON.stringify(body));
    const response = await answer.promise;
    return { ...((await json(response)) as object), status: response.statusCode ?? 0 };
  }

  /** Data of an operation that must succeed. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as above.
  async get<Data = any>(query: string, variables: object = {}): Promise<Data> {
    const answer = await this.send<Data>(query, variables);
    if (answer.errors || !answer.data) throw new Error(`${query}\n${JSON.stringify(answer.errors)}`);
    return answer.data;
  }

  async signIn(email: string, password: string): Promise<Client> {
    const { signIn } = await this.get<{ signIn: { accessToken: string; refreshToken: string } }>(
      "mutation ($input: SignInInput!) { signIn(input: $input) { accessToken refreshToken } }",
      { input: { email, password } },
    );
    return new Client(this.url, { ...this.headers, authorization: `Bearer ${signIn.accessToken}` }, signIn);
  }

  /** A socket that stays open, and how it ends: with the server's code and reason. Resolves once it is let in. */
  async open(): Promise<{ socket: SocketClient; ended: Promise<{ code: number; reason: string }> }> {
    const ended = Promise.withResolvers<{ code: number; reason: string }>();
    const connected = Promise.withResolvers<void>();
    const socket = this.socket({
      lazy: false,
      // Told through `closed`; without a handler of its own the client prints it.
      onNonLazyError: () => undefined,
      on: {
        connected: () => connected.resolve(),
        closed: (event) => {
          const { code, reason } = event as { code: number; reason: string };
          ended.resolve({ code, reason });
          connected.reject(new Error(`${code} ${reason}`));
        },
      },
    });
    await connected.promise;
    return { socket, ended: ended.promise };
  }

  /** A socket under the same credentials; dispose it when done. */
  socket(options: Partial<ClientOptions> = {}): SocketClient {
    return createClient({
      url: `${this.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.headers,
      retryAttempts: 0,
      ...options,
    });
  }
}
