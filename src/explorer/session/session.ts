import renewSession from "../operations/refresh-session.graphql?raw";
import signIn from "../operations/sign-in.graphql?raw";
import signOut from "../operations/sign-out.graphql?raw";
import viewerQuery from "../operations/viewer.graphql?raw";
import { type Answer, dataOf, isUnauthenticated, post, type Request } from "./api";
import { type Credentials, credentialsFrom, type TokenPayload, vault } from "./credentials";
import { type Identity, identityOf, type Viewer } from "./identity";
import { siblings } from "./siblings";

export interface SessionState {
  signedIn: boolean;
  identity?: Identity;
  /** Why the last session ended, when the person did not end it. */
  notice?: string;
  /** Grows with every sign-in and sign-out; what was fetched as someone else is then out of date. */
  epoch: number;
}

/** Who the explorer acts as. Keeps the tokens fresh by itself and tells its listeners of every change. */
export class Session {
  #credentials = vault.read();
  #state: SessionState = { signedIn: this.#credentials !== undefined, epoch: 0 };
  #listeners = new Set<() => void>();
  #renewal: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    siblings.onRenewed(({ spent, next }) => {
      if (this.#credentials?.refreshToken === spent) this.#keep(next);
    });
    if (!this.#credentials) return;
    this.#schedule();
    void this.#identify().catch(() => this.#publish({ identity: undefined }));
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SessionState => this.#state;

  /** Throws with the server's words when e-mail or password are wrong, or when it does not answer. */
  async signIn(tenant: string, email: string, password: string): Promise<void> {
    const answer = await post(
      { query: signIn, variables: { input: { email, password } } },
      tenantHeader(tenant),
    );
    const { signIn: tokens } = dataOf(answer as Answer<{ signIn: TokenPayload }>);
    await this.#begin(credentialsFrom(tenant, tokens));
  }

  /** Throws when the server does not know the key; nothing is kept then. */
  async useApiKey(apiKey: string): Promise<void> {
    await this.#begin({ tenant: "", accessToken: apiKey });
  }

  /** Forgets the tokens at once; the server is told too, but a server that is down can't hold one back. */
  async signOut(): Promise<void> {
    const isUser = this.#credentials?.refreshToken !== undefined;
    const headers = this.#headers();
    this.#end();
    if (isUser) await post({ query: signOut }, headers).catch(() => undefined);
  }

  /** Sends an operation as the present viewer; renews the token before it ends, and once when it is refused. */
  async send(request: Request, extra: Record<string, string> = {}): Promise<Answer> {
    await this.#renewWhenDue();
    const used = this.#credentials?.accessToken;
    const answer = await post(request, { ...this.#headers(), ...extra });
    if (!used || !isUnauthenticated(answer) || "authorization" in extra) return answer;
    return (await this.#renew(used)) ? post(request, { ...this.#headers(), ...extra }) : answer;
  }

  /** What a socket opens with. A fresh token, because the server closes the socket when the token ends. */
  async connectionParams(): Promise<Record<string, string>> {
    await this.#renewWhenDue();
    return this.#headers();
  }

  /** Nobody signed in sends no header at all: the server still answers introspection then. */
  #headers(): Record<string, string> {
    return this.#credentials ? { authorization: `Bearer ${this.#credentials.accessToken}` } : {};
  }

  async #begin(credentials: Credentials): Promise<void> {
    // A mistyped key must not sign out whoever is in.
    const before = this.#credentials;
    this.#keep(credentials);
    try {
      await this.#identify();
    } catch (error) {
      this.#keep(before);
      throw error;
    }
    this.#publish({ signedIn: true, notice: undefined, epoch: this.#state.epoch + 1 });
  }

  async #identify(): Promise<void> {
    const answer = await this.send({ query: viewerQuery });
    this.#publish({ identity: identityOf(dataOf(answer as Answer<{ viewer: Viewer }>).viewer) });
  }

  /** Also for a session that the server ended: what it had allowed must leave the page with it. */
  #end(notice?: string): void {
    this.#keep(undefined);
    this.#publish({ signedIn: false, identity: undefined, notice, epoch: this.#state.epoch + 1 });
  }

  #keep(credentials: Credentials | undefined): void {
    this.#credentials = credentials;
    vault.write(credentials);
    this.#schedule();
  }

  #schedule(): void {
    const { renewAt } = this.#credentials ?? {};
    clearTimeout(this.#timer);
    if (renewAt !== undefined) this.#renewIn(renewAt - Date.now());
  }

  /**
   * Renews without asking whether it is due: a timer may fire a millisecond early, and nobody would ask again.
   * Out of reach, the server is asked anew rather than the session dropped, for it may well live on.
   */
  #renewIn(delayMs: number): void {
    this.#timer = setTimeout(
      () => void this.#renew(this.#credentials?.accessToken ?? "").catch(() => this.#renewIn(5_000)),
      Math.min(delayMs, longestTimerMs),
    );
  }

  async #renewWhenDue(): Promise<void> {
    const { renewAt, accessToken } = this.#credentials ?? {};
    if (renewAt !== undefined && accessToken && Date.now() >= renewAt) await this.#renew(accessToken);
  }

  /** One renewal at a time: a refresh token used twice counts as stolen and ends the whole session. */
  #renew(stale: string): Promise<boolean> {
    if (this.#credentials && this.#credentials.accessToken !== stale) return Promise.resolve(true);
    this.#renewal ??= siblings
      .inTurn(() => this.#exchange(stale))
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  async #exchange(stale: string): Promise<boolean> {
    const { tenant, refreshToken, accessToken } = this.#credentials ?? {};
    if (tenant === undefined || !refreshToken) return false;
    // Another tab with a copy of this session was faster.
    if (accessToken !== stale) return true;
    const answer = await post(
      { query: renewSession, variables: { input: { refreshToken } } },
      tenantHeader(tenant),
    );
    // Signed out, or in as someone else, while the server answered: the new tokens belong to nobody here.
    if (this.#credentials?.refreshToken !== refreshToken) return false;
    // Any other error passes (a limit, a database that is away), and must not cost the session.
    if (isUnauthenticated(answer)) {
      this.#end("Your session has ended. Sign in again.");
      return false;
    }
    const { refreshSession: tokens } = dataOf(answer as Answer<{ refreshSession: TokenPayload }>);
    const next = credentialsFrom(tenant, tokens);
    this.#keep(next);
    siblings.announce({ spent: refreshToken, next });
    return true;
  }

  #publish(change: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** Beyond 31 bits a browser fires a timer at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Before sign-in only this header, or the host, can say which tenant's people are meant. */
const tenantHeader = (tenant: string): Record<string, string> => (tenant ? { "x-tenant": tenant } : {});
