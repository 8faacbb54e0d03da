import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type PoolingType, tfjsMaskedPooling } from "../exchange/tfjs-pooling.js";
import type { Place } from "./keras-place.js";
import { placeSchema, poolings } from "./masked-topology.js";

const configSchema = placeSchema.extend({ tables: z.array(z.string()).length(2) });

/** What tokens are looked up as must be ours as well, or it were another function. */
const masked =
  (type: PoolingType) =>
  (place: Place): void => {
    const { data } = configSchema.safeParse(place.settings.layer.config);
    if (!data) throw place.settings.refuse("is of a type that is not served.");
    const tables = tfjsMaskedPooling({ type }, data).flatMap(({ constants = {} }) =>
      Object.values(constants),
    );
    const same = tables.every(({ shape, values }, index) =>
      isDeepStrictEqual(place.weights("embeddings", data.tables[index])(shape), values),
    );
    if (!same) throw place.settings.refuse("looks tokens up otherwise than as padding and others.");
    place.pieces.push({ layer: { type }, weights: {}, softmax: false, masked: true });
  };

export const maskedPoolings = Object.entries(poolings).map(
  ([name, type]): [string, (place: Place) => void] => [name, masked(type)],
);
