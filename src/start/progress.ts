import type { DemoProgress } from "../demo/demo.js";

export interface Progress {
  readonly tell: DemoProgress;
  /** Takes the bar away, so that what comes next stands on a clean line. */
  stop(): void;
}

/** One line for each step, for files, pipes and terminals without a bar. */
function lines(say: (line: string) => void): Progress {
  let last = "";
  const tell: DemoProgress = (step) => {
    // "training, epoch 7 of 60" is the same step as "training".
    const name = step.split(",")[0] ?? step;
    if (name !== last) say(`Preparing the demo: ${name}`);
    last = name;
  };
  return { tell, stop: () => undefined };
}

async function bar(): Promise<Progress> {
  const { default: progress } = await import("cli-progress");
  const shown = new progress.SingleBar(
    {
      format: "Preparing the demo {bar} {percentage} %  {step}",
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      stream: process.stdout,
      // A signal ends us in order; the library's own handlers would not wait for that.
      gracefulExit: false,
    },
    progress.Presets.shades_classic,
  );
  let started = false;
  const tell: DemoProgress = (step, share) => {
    if (!started) shown.start(1, share, { step });
    started = true;
    shown.update(share, { step });
  };
  return { tell, stop: () => started && shown.stop() };
}

/** How far the demo is: a bar where a person looks on, lines elsewhere. */
export const showProgress = async (say: (line: string) => void): Promise<Progress> =>
  process.stdout.isTTY ? bar() : lines(say);
