import type { Point } from "./use-training";

type Measure = "loss" | "valLoss" | "accuracy" | "valAccuracy";

interface Props {
  title: string;
  /** Where the axis ends. */
  epochs: number;
  points: readonly Point[];
  /** Which measure is drawn and what it is called; the first is the solid line. */
  series: readonly (readonly [Measure, string])[];
}

/** Units of the drawing; the pane scales it to its width. */
const box = { left: 34, top: 8, width: 276, height: 110 };

/** Lines over the epochs, on an axis from zero so that a small step never looks like a cliff. */
export function Chart({ title, epochs, points, series }: Props) {
  const drawn = series.filter(([measure]) => points.some((point) => typeof point[measure] === "number"));
  if (drawn.length === 0) return null;
  const top = ceiling(points.flatMap((point) => drawn.map(([measure]) => point[measure] ?? 0)));
  return (
    <figure className="tenfold-chart">
      <figcaption>
        {title}
        {drawn.map(([measure, name], index) => (
          <span key={measure} className={`tenfold-series-${index}`}>
            {name} {points.at(-1)?.[measure]?.toFixed(3)}
          </span>
        ))}
      </figcaption>
      <svg viewBox="0 0 320 140" role="img" aria-label={`${title} by epoch`}>
        <Axes top={top} epochs={epochs} />
        {drawn.map(([measure], index) => (
          <Line key={measure} index={index} points={path(points, measure, top, epochs)} />
        ))}
      </svg>
    </figure>
  );
}

/** With a dot at its end: a training that is followed when it has ended is one point, which no line shows. */
function Line({ index, points }: { index: number; points: string }) {
  const [x, y] = points.slice(points.lastIndexOf(" ") + 1).split(",");
  return (
    <g className={`tenfold-series-${index}`}>
      <polyline points={points} />
      <circle cx={x} cy={y} r="2.5" />
    </g>
  );
}

/** Labels at the ends only: the caption carries the latest figures, which is what people compare. */
function Axes({ top, epochs }: { top: number; epochs: number }) {
  const bottom = box.top + box.height;
  return (
    <g className="tenfold-axes">
      <path d={`M${box.left} ${box.top}V${bottom}H${box.left + box.width}`} />
      <text x={box.left - 4} y={box.top + 6} textAnchor="end">
        {top}
      </text>
      <text x={box.left - 4} y={bottom} textAnchor="end">
        0
      </text>
      <text x={box.left + box.width} y={bottom + 14} textAnchor="end">
        epoch {epochs}
      </text>
    </g>
  );
}

/** Epochs without the measure are left out and the line runs on to the next one that has it. */
function path(points: readonly Point[], measure: Measure, top: number, epochs: number): string {
  const x = (epoch: number) => box.left + (epoch / epochs) * box.width;
  const y = (value: number) => box.top + (1 - value / top) * box.height;
  return points
    .flatMap((point) => {
      const value = point[measure];
      return typeof value === "number" ? [`${x(point.epoch).toFixed(1)},${y(value).toFixed(1)}`] : [];
    })
    .join(" ");
}

/** The next 1, 2 or 5 times a power of ten above all values: round figures at the axis. */
function ceiling(values: readonly number[]): number {
  const largest = Math.max(...values, 1e-6);
  const power = 10 ** Math.floor(Math.log10(largest));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= largest) ?? 10;
  return Number((step * power).toPrecision(1));
}
