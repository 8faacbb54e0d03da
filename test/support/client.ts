import { type Client as SocketClient, createClient } from "graphql-ws";
import { WebSocket } from "ws";

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
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...this.headers },
      body: JSON.stringify(body),
    });
    return { ...((await response.json()) as object), status: response.status };
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

  /** A socket under the same credentials; dispose it when done. */
  socket(): SocketClient {
    return createClient({
      url: `${this.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: this.headers,
      retryAttempts: 0,
    });
  }
}
