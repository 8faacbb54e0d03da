import { added, finished, type Place, summed } from "./keras-place.js";

/** Square and dense ones: ours have one side and no gaps. */
export function convolution(type: "CONV1D" | "CONV2D"): (place: Place) => void {
  return (place) => {
    const { settings } = place;
    settings.channelsLast();
    if (settings.side("dilation_rate", 1) !== 1) throw settings.refuse("is dilated, which is not served.");
    if (settings.number("groups", 1) !== 1) throw settings.refuse("is grouped, which is not served.");
    const windows = {
      filters: settings.whole("filters"),
      kernelSize: settings.side("kernel_size"),
      strides: settings.side("strides", 1),
      padding: settings.padding(),
    };
    summed(place, { type, activation: "LINEAR", ...windows, ...finished });
  };
}

type Pooling = "MAX_POOLING1D" | "MAX_POOLING2D" | "AVERAGE_POOLING1D" | "AVERAGE_POOLING2D";
export const pooling =
  (type: Pooling) =>
  (place: Place): void => {
    const { settings } = place;
    settings.channelsLast();
    const poolSize = settings.side("pool_size", 2);
    added(place, {
      type,
      poolSize,
      strides: settings.side("strides", poolSize),
      padding: settings.padding(),
    });
  };

export const globally =
  (type: "GLOBAL_AVERAGE_POOLING" | "GLOBAL_MAX_POOLING") =>
  (place: Place): void => {
    place.settings.channelsLast();
    place.settings.only("keepdims", false);
    added(place, { type });
  };
