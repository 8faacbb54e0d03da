/*
 * Time series: from rows in the order of time to windows and what came after them, and from what a network says of a
 * window to a forecast. Nothing that is learnt, and no window, knows what comes after it.
 */
export { codingOf } from "./coding.js";
export { decodeForecasts, encodeWindow } from "./encode.js";
export type { SeriesCoding } from "./encode.js";
export { forecastCount, requireForecasts } from "./held-out.js";
export { measureSeries } from "./measure.js";
export { observationsOf, windowOf } from "./request.js";
export { splitSeries, withHistory } from "./split.js";
export { suitableSeriesArchitecture } from "./suitable.js";
