import type { TenantContext } from "../../../kernel/context.js";
import type { Notification, Notifications } from "../../../kernel/database/notifications.js";
import { NotFound } from "../../../kernel/errors.js";
import {
  BatchPrediction,
  type BatchPredictionProgress,
  isFinal,
  progressOf,
} from "./batch-prediction.entity.js";

/** What a watcher is told: stored rows, or that something changed that only the row can tell. */
type News = BatchPredictionProgress | "changed";

/** One subscriber. A slow one is told the newest, not everything it missed. */
class Watcher implements AsyncGenerator<BatchPredictionProgress, void, void> {
  #news: News | null;
  #last: BatchPredictionProgress | null = null;
  #wake: (() => void) | undefined;
  #over = false;

  constructor(
    first: News,
    private readonly read: () => Promise<BatchPredictionProgress>,
    private readonly left: () => void,
  ) {
    this.#news = first;
  }

  tell(news: News): void {
    // What only the row tells must not be covered by rows that were stored before it.
    if (this.#news !== "changed") this.#news = news;
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<BatchPredictionProgress, void>> {
    for (;;) {
      const news = await this.#take();
      if (news === null) return { done: true, value: undefined };
      const progress = news === "changed" ? await this.#current() : news;
      if (!this.#isNew(progress)) continue;
      this.#last = progress;
      if (isFinal(progress.status)) this.#leave();
      return { done: false, value: progress };
    }
  }

  /** What was deleted is told as its end, and nobody listens for it any longer. */
  async #current(): Promise<BatchPredictionProgress> {
    try {
      return await this.read();
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  async #take(): Promise<News | null> {
    while (this.#news === null && !this.#over)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const news = this.#over ? null : this.#news;
    this.#news = null;
    return news;
  }

  /** A notification may come after the row already told more. */
  #isNew({ status, rowsDone }: BatchPredictionProgress): boolean {
    const last = this.#last;
    if (last === null) return true;
    return rowsDone > last.rowsDone || (rowsDone === last.rowsDone && status !== last.status);
  }

  #leave(): void {
    this.#over = true;
    this.left();
    this.#wake?.();
  }

  async return(): Promise<IteratorResult<BatchPredictionProgress, void>> {
    this.#leave();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<BatchPredictionProgress, void>> {
    this.#leave();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
  }
}

/** Tells subscribers how batch predictions go; what is stored travels in its notification and costs them no query. */
export class BatchFeed {
  static readonly #feeds = new WeakMap<Notifications, BatchFeed>();

  /** The one feed of a process: its subscribers share a listener, however many they are. */
  static of(notifications: Notifications): BatchFeed {
    const feed = BatchFeed.#feeds.get(notifications) ?? new BatchFeed(notifications);
    BatchFeed.#feeds.set(notifications, feed);
    return feed;
  }

  readonly #watchers = new Map<string, Set<Watcher>>();

  private constructor(notifications: Notifications) {
    notifications.on("batchPrediction", (notification) => this.#deliver(notification));
    notifications.onGap(() => {
      for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.tell("changed");
    });
  }

  /** How many subscribers there are. */
  get watching(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The progress now, then with each piece, until the batch has ended. Throws NOT_FOUND. */
  async follow(
    context: TenantContext,
    id: string,
  ): Promise<AsyncGenerator<BatchPredictionProgress, void, void>> {
    const key = `${context.tenant.id}:${id}`;
    const watchers = this.#watchers.get(key) ?? new Set<Watcher>();
    const left = (): void => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(key) === watchers) this.#watchers.delete(key);
    };
    // Heard before the row is read, so that nothing falls between the two.
    const watcher = new Watcher("changed", () => currentProgress(context, id), left);
    this.#watchers.set(key, watchers.add(watcher));
    try {
      await currentProgress(context, id);
      return watcher;
    } catch (error) {
      left();
      throw error;
    }
  }

  #deliver({ tenant, batch, progress }: Notification): void {
    const news = (progress as News | undefined) ?? "changed";
    for (const watcher of this.#watchers.get(`${tenant}:${String(batch)}`) ?? []) watcher.tell(news);
  }
}

async function currentProgress({ tenant }: TenantContext, id: string): Promise<BatchPredictionProgress> {
  const batch = await tenant.read((manager) => manager.findOneBy(BatchPrediction, { id }));
  if (batch) return progressOf(batch);
  throw new NotFound("There is no such batch prediction.");
}
