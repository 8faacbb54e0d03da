import type { Answer } from "../../support/client.js";

export const pathOf = (answer: Answer): unknown =>
  (answer.errors?.[0]?.extensions?.fields as { path: string }[] | undefined)?.[0]?.path;

/** A series of days with a column of numbers beside it. */
export const daily = (rows: number, more: (row: number) => string = () => ""): string =>
  [
    "day,load,heat,note",
    ...Array.from({ length: rows }, (_, row) => {
      const day = new Date(Date.UTC(2024, 0, 1 + row)).toISOString().slice(0, 10);
      return `${day},${100 + 10 * (row % 7)}${more(row)},${row % 5},fine`;
    }),
  ].join("\n");
