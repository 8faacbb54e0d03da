/** One of `of` parts of the training rows, which is measured on while others train; `number` counts from 0. */
export interface Fold {
  number: number;
  of: number;
  /** Whole groups are dealt out by the classes in them; searches of before that have no such folds. */
  stratified?: true;
}
