import { tensor, tensor2d } from "@tensorflow/tfjs-core";
import { TrainingLimitExceeded } from "../errors.js";
import { mostInputValues } from "../learning.limits.js";
import type { Preprocessing, Table } from "../preprocessing.js";
import type { Examples } from "../trainer-options.js";
import { requireCoding } from "./coding.js";
import { encodeTruth, encodeWindow } from "./encode.js";
import { forecastsOf } from "./held-out.js";
import { truthFrom, windowBefore } from "./values.js";

/** The windows of a part and what came after each, as the network sees them. */
export function seriesExamples(table: Table, preprocessing: Preprocessing): Examples {
  const coding = requireCoding(preprocessing);
  const { features, target } = coding;
  const { window, horizon } = target;
  const { values, origins } = forecastsOf(table, preprocessing);
  if (origins.length * horizon > mostInputValues) throw new TrainingLimitExceeded();
  const size = window * features.length;
  const x = new Float32Array(origins.length * size);
  const y = new Float32Array(origins.length * horizon);
  origins.forEach((origin, index) => {
    const before = windowBefore(values, origin, window);
    encodeWindow(coding, before, x, index * size);
    encodeTruth(coding, { window: before, truth: truthFrom(values, origin, horizon) }, y, index * horizon);
  });
  return {
    x: tensor(x, [origins.length, window, features.length]),
    y: tensor2d(y, [origins.length, horizon]),
  };
}
