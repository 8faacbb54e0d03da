/** Fewer training rows than this make any metric a coin toss. */
export const leastTrainingRows = 8;
/** 800 MB of inputs: beyond it the copies made while training approach the kernels' 4 GB. */
export const mostInputValues = 200_000_000;
/** 256 MB of term weights over all training rows: vocabularies shrink as rows grow, for room is left to other inputs. */
export const mostTextValues = 64_000_000;
/** Terms of all text columns together: with a first layer of 128 units they stay below half the parameters there may be. */
export const mostTextWidth = 32_000;
