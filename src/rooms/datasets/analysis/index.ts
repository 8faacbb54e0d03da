/**
 * Looks at the rows of datasets: what would mislead a training, what changed between two. Knows neither database nor
 * GraphQL. One pass over the rows, in memory bounded by limits; the same rows always give the same answer.
 */
export {
  type Comparable,
  type ColumnComparison,
  type ColumnSide,
  type TableComparison,
  compareTables,
} from "./compare.js";
export { examineTable } from "./examine.js";
export { fitting, previewLimits, type PreviewRow, previewTable } from "./preview.js";
export { type DatasetWarning, heldOut, WarningCode } from "./warning.js";
