type Cell = string | number | null | undefined;

const shown = (cell: Cell): string => {
  if (typeof cell !== "number") return cell ?? "";
  // As many digits as tell values apart; thousands need none behind the point.
  const whole = Number.isInteger(cell) || Math.abs(cell) >= 1000;
  return whole ? Math.round(cell).toLocaleString("en") : cell.toPrecision(4);
};

/** Rows below a header, in columns as wide as their widest cell; numbers stand to the right. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = header.map((name, index) =>
    Math.max(name.length, ...rows.map((row) => shown(row[index]).length)),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return typeof cell === "number" ? shown(cell).padStart(width) : shown(cell).padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  return [line(header), rule, ...rows.map(line)].map((text) => `  ${text}`).join("\n");
}
