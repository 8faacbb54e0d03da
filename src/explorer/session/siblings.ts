import type { Credentials } from "./credentials";

/**
 * A duplicated browser tab starts with a copy of the session. A refresh token works once and its second use
 * ends the whole session, so the copies renew in turn and hand each other what they got.
 */
const channel = new BroadcastChannel("tenfold:session");

interface Renewed {
  /** The refresh token that was exchanged; whoever still holds it takes `next` instead. */
  spent: string;
  next: Credentials;
}

export const siblings = {
  announce(renewed: Renewed): void {
    // A channel reaches this origin only and takes no target, unlike the window's method of the same name.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    channel.postMessage(renewed);
  },
  onRenewed(listener: (renewed: Renewed) => void): void {
    channel.addEventListener("message", ({ data }: MessageEvent<Renewed>) => listener(data));
  },
  /** Runs `work` in one tab at a time. Browsers offer locks to https and localhost only; elsewhere it just runs. */
  inTurn: <Result>(work: () => Promise<Result>): Promise<Result> =>
    "locks" in navigator ? navigator.locks.request("tenfold:renewal", () => delivered().then(work)) : work(),
};

/** The lock may arrive before the message that was sent under it: gives the message time to be heard. */
const delivered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));
