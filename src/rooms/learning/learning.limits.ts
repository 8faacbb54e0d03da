/** Fewer training rows than this make any metric a coin toss. */
export const leastTrainingRows = 8;
/** 800 MB of inputs: beyond it the copies made while training approach the kernels' 4 GB. */
export const mostInputValues = 200_000_000;
