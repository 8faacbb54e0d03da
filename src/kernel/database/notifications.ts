import type { Log } from "../log.js";
import { ExtendedClient } from "./client.js";
import { notificationChannel } from "./unit-of-work.js";

/** News of one commit, as `UnitOfWork.notify` sends it. */
export interface Notification {
  readonly topic: string;
  readonly tenant?: string;
  readonly [key: string]: unknown;
}

type Handler = (notification: Notification) => void;

/**
 * Hears what any process committed, over one LISTEN connection. A lost connection is opened again; as news may have
 * been missed meanwhile, `onGap` tells everybody who caches something to forget it.
 */
export class Notifications {
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #gapHandlers = new Set<() => void>();
  #client: ExtendedClient | undefined;
  #closed = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly log: Log,
  ) {}

  async open(): Promise<void> {
    const client = new ExtendedClient({
      connectionString: this.url,
      application_name: "tenfold-listen",
      keepAlive: true,
    });
    client.on("error", () => {});
    client.on("end", () => this.#reconnect());
    client.on("notification", ({ payload }) => this.#deliver(payload ?? ""));
    this.#client = client;
    await client.connect();
    const listening: Promise<unknown> = client.query(`listen ${notificationChannel}`);
    await listening;
  }

  /** Calls `handler` for each notification of a topic until the returned function is called. */
  on(topic: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set();
    this.#handlers.set(topic, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.#handlers.delete(topic);
    };
  }

  onGap(handler: () => void): void {
    this.#gapHandlers.add(handler);
  }

  /** Whether news arrives at present. */
  get connected(): boolean {
    return this.#client !== undefined && this.#retry === undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.end();
  }

  /** Anybody with a login may send on the channel, and one handler's failure is no other's: neither ends the process. */
  #deliver(payload: string): void {
    try {
      const notification = JSON.parse(payload) as Notification | null;
      for (const handler of this.#handlers.get(notification?.topic ?? "") ?? []) {
        this.#attempt(() => handler(notification as Notification));
      }
    } catch (error) {
      this.log.warn({ err: error }, "a notification that is not JSON was ignored");
    }
  }

  #attempt(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.log.error({ err: error }, "a handler of notifications failed");
    }
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.log.warn("the notification connection was lost; reconnecting");
    this.#retry = setTimeout(() => {
      this.open().then(
        () => {
          this.#retry = undefined;
          for (const handler of this.#gapHandlers) this.#attempt(handler);
        },
        // The end of a connection, also of one that never came to be, leads here again.
        () => this.#client?.end().catch(() => {}),
      );
    }, 250);
  }
}
