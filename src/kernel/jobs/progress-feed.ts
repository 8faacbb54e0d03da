import type { TenantContext } from "../context.js";
import type { Notification, Notifications } from "../database/notifications.js";

/** A kind of work that is watched. `News` is what travels inside its notifications. */
export interface Watched<State, News> {
  /** Of the notifications, whose `job` names the work. */
  readonly topic: string;
  /** Throws NOT_FOUND. */
  read(context: TenantContext, id: string): Promise<State>;
  /** The state after the news, or null where the state tells it already. */
  next(last: State, news: News): State | null;
  isLast(state: State): boolean;
}

/** The news of one job for one subscriber, until it leaves: what happened, or that only the row can tell. */
class Watcher<News> {
  #news: (News | "changed")[] = [];
  #wake: (() => void) | undefined;
  #left = false;

  get left(): boolean {
    return this.#left;
  }

  tell(news: News | "changed"): void {
    this.#news.push(news);
    this.#wake?.();
  }

  leave(): void {
    this.#left = true;
    this.#wake?.();
  }

  /** Everything since the last time, once there is something; nothing when the watcher has left. */
  async take(): Promise<(News | "changed")[]> {
    if (this.#news.length === 0 && !this.#left) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#news.splice(0);
  }
}

/**
 * Tells subscribers how work goes. News travel inside the notification, so that thousands of watchers cost no query;
 * whatever else happens, and whatever may have been missed, is read from the row.
 */
export class ProgressFeed<State, News> {
  readonly #watchers = new Map<string, Set<Watcher<News>>>();

  private constructor(
    notifications: Notifications,
    private readonly watched: Watched<State, News>,
  ) {
    notifications.on(watched.topic, (notification) => this.#deliver(notification));
    notifications.onGap(() => {
      for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.tell("changed");
    });
  }

  /** Finds the one feed of a process, whose subscribers share a listener, however many they are. */
  static finder<State, News>(
    watched: Watched<State, News>,
  ): (notifications: Notifications) => ProgressFeed<State, News> {
    const feeds = new WeakMap<Notifications, ProgressFeed<State, News>>();
    return (notifications) => {
      const feed = feeds.get(notifications) ?? new ProgressFeed(notifications, watched);
      feeds.set(notifications, feed);
      return feed;
    };
  }

  /** How many subscribers there are. */
  get watching(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The state now, then each further one, until the work has ended. Throws NOT_FOUND. */
  async follow(context: TenantContext, jobId: string): Promise<AsyncGenerator<State>> {
    const watcher = new Watcher<News>();
    // Heard before the row is read, so that nothing falls between the two.
    const stop = this.#listen(`${context.tenant.id}:${jobId}`, watcher);
    try {
      return leavable(this.#steps(context, jobId, watcher, await this.watched.read(context, jobId)), stop);
    } catch (error) {
      stop();
      throw error;
    }
  }

  async *#steps(
    context: TenantContext,
    jobId: string,
    watcher: Watcher<News>,
    first: State,
  ): AsyncGenerator<State> {
    for (let state = first; ; ) {
      yield state;
      const last = state;
      if (this.watched.isLast(last)) return;
      while (state === last) {
        const news = await watcher.take();
        if (watcher.left) return;
        // A watcher slower than the work is told the newest, not everything it missed; and what only the row can tell
        // must not be covered by news that were sent before it.
        const latest = news.includes("changed") ? "changed" : (news.at(-1) ?? "changed");
        if (latest === "changed") state = await this.watched.read(context, jobId);
        else state = this.watched.next(last, latest) ?? last;
      }
    }
  }

  #listen(key: string, watcher: Watcher<News>): () => void {
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    return () => {
      watcher.leave();
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
  }

  #deliver({ tenant, job, progress }: Notification): void {
    const news = (progress as News | undefined) ?? "changed";
    for (const watcher of this.#watchers.get(`${tenant}:${String(job)}`) ?? []) watcher.tell(news);
  }
}

/**
 * A generator's own `return` waits for the `next` under way, here for the next epoch of a training or the next rows
 * of a batch, which may take hours. This one ends the wait first.
 */
function leavable<State>(steps: AsyncGenerator<State>, stop: () => void): AsyncGenerator<State> {
  const settled = async (step: IteratorResult<State>): Promise<IteratorResult<State>> => {
    if (step.done) stop();
    return step;
  };
  const end = async (): Promise<IteratorResult<State>> => {
    stop();
    return steps.return(undefined);
  };
  return {
    next: () =>
      steps.next().then(settled, (error: unknown) => {
        stop();
        throw error;
      }),
    return: end,
    throw: async (error: unknown) => {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
