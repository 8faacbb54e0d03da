/** Both ends belong to it. */
export interface Range {
  least: number;
  most: number;
}

const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });

/** A number as descriptions and refusals write it: 4,096 and 0.0000001. */
export const plainNumber = (value: number): string => plain.format(value);

/** A range as descriptions say it, e.g. `1 to 4,096`. */
export const rangeText = ({ least, most }: Range): string =>
  `${plain.format(least)} to ${plain.format(most)}`;

/** What seeds every draw that can be repeated: an `Int` of GraphQL that is not negative. */
export const seeds: Range = { least: 0, most: 2 ** 31 - 1 };
