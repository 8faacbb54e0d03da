import type { TenantContext } from "../../kernel/context.js";
import type { Notification, Notifications } from "../../kernel/database/notifications.js";
import { NotFound } from "../../kernel/errors.js";
import {
  isFinal,
  progressOf,
  TrainingJob,
  TrainingJobStatus,
  type TrainingProgress,
} from "./training-job.entity.js";

/** What a watcher is told: an epoch, or that something changed that only the row can tell. */
type News = Omit<TrainingProgress, "status"> | "changed";

/** The news of one job for one subscriber, until it leaves. */
class Watcher {
  #news: News[] = [];
  #wake: (() => void) | undefined;
  #left = false;

  get left(): boolean {
    return this.#left;
  }

  tell(news: News): void {
    this.#news.push(news);
    this.#wake?.();
  }

  leave(): void {
    this.#left = true;
    this.#wake?.();
  }

  /** Everything since the last time, once there is something; nothing when the watcher has left. */
  async take(): Promise<News[]> {
    if (this.#news.length === 0 && !this.#left) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#news.splice(0);
  }
}

/**
 * Tells subscribers how trainings go. An epoch travels inside its notification, so that thousands of watchers cost no
 * query; whatever else happens, and whatever may have been missed, is read from the row.
 */
export class ProgressFeed {
  static readonly #feeds = new WeakMap<Notifications, ProgressFeed>();

  /** The one feed of a process: its subscribers share a listener, however many they are. */
  static of(notifications: Notifications): ProgressFeed {
    const feed = ProgressFeed.#feeds.get(notifications) ?? new ProgressFeed(notifications);
    ProgressFeed.#feeds.set(notifications, feed);
    return feed;
  }

  readonly #watchers = new Map<string, Set<Watcher>>();

  private constructor(notifications: Notifications) {
    notifications.on("training", (notification) => this.#deliver(notification));
    notifications.onGap(() => {
      for (const watchers of this.#watchers.values()) for (const watcher of watchers) watcher.tell("changed");
    });
  }

  /** How many subscribers there are. */
  get watching(): number {
    return [...this.#watchers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The job's progress now, then each epoch, until it has ended. Throws NOT_FOUND. */
  async follow(context: TenantContext, jobId: string): Promise<AsyncGenerator<TrainingProgress>> {
    const watcher = new Watcher();
    // Heard before the row is read, so that nothing falls between the two.
    const stop = this.#listen(`${context.tenant.id}:${jobId}`, watcher);
    try {
      return leavable(this.#steps(context, jobId, watcher, await currentProgress(context, jobId)), stop);
    } catch (error) {
      stop();
      throw error;
    }
  }

  async *#steps(
    context: TenantContext,
    jobId: string,
    watcher: Watcher,
    progress: TrainingProgress,
  ): AsyncGenerator<TrainingProgress> {
    for (;;) {
      yield progress;
      const last = progress;
      if (isFinal(last.status)) return;
      while (progress === last) {
        const news = await watcher.take();
        if (watcher.left) return;
        // A watcher slower than the training is told the newest, not everything it missed.
        const latest = news.at(-1) ?? "changed";
        if (latest === "changed") progress = await currentProgress(context, jobId);
        // An epoch that the row already told, whose notification came later, would take the watcher back.
        else if (latest.epoch > last.epoch) progress = { ...latest, status: TrainingJobStatus.RUNNING };
      }
    }
  }

  #listen(key: string, watcher: Watcher): () => void {
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
 * A generator's own `return` waits for the `next` under way, here for the next epoch of a training that may take
 * hours. This one ends the wait first.
 */
function leavable(
  steps: AsyncGenerator<TrainingProgress>,
  stop: () => void,
): AsyncGenerator<TrainingProgress> {
  const settled = async (
    step: IteratorResult<TrainingProgress>,
  ): Promise<IteratorResult<TrainingProgress>> => {
    if (step.done) stop();
    return step;
  };
  const end = async (): Promise<IteratorResult<TrainingProgress>> => {
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

async function currentProgress({ tenant }: TenantContext, id: string): Promise<TrainingProgress> {
  const job = await tenant.read((manager) => manager.findOneBy(TrainingJob, { id }));
  if (job) return progressOf(job);
  throw new NotFound("There is no such training job.");
}
