import { SingleBar } from "cli-progress";

export interface ProgressBar {
  update(this: void, done: number, total: number): void;
  stop(this: void): void;
}

/** A bar on standard error, so that standard output stays a line a figure. It appears with the first step. */
export function progressBar(what: string): ProgressBar {
  const bar = new SingleBar({
    format: `${what} {bar} {value}/{total}`,
    stream: process.stderr,
    clearOnComplete: true,
  });
  let begun = false;
  return {
    update: (done, total) => {
      if (!begun) bar.start(total, 0);
      begun = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
