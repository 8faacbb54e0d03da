const endings: (() => Promise<unknown>)[] = [];

/** Has what several spec files share taken down after the last of them, where a hook of one file would be too early. */
export const atTheEnd = (end: () => Promise<unknown>): void => void endings.push(end);

/** Takes down what this process' spec files shared. */
export async function endShared(): Promise<void> {
  for (const end of endings.splice(0)) await end();
}
