/** Kinds of models that a search tries, the simplest first; without hidden layers a network is linear. */
export const searchAlgorithms = ["LINEAR", "TREES", "DENSE", "CONVOLUTION", "SEQUENCE"] as const;
export type SearchAlgorithm = (typeof searchAlgorithms)[number];
