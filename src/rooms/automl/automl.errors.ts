import { defineError, NotFound } from "../../kernel/errors.js";

export const AutomlFinished = defineError("AUTOML_FINISHED", "This search has ended already.");
export const AutomlNothingScored = defineError(
  "AUTOML_NOTHING_SCORED",
  "The time limit was over before any trial was scored. Allow more time, or name faster algorithms.",
);

/** What a run is made of went away while it was queued. */
export const constraints = {
  automl_run_model_id_fkey: NotFound,
  automl_run_dataset_id_fkey: NotFound,
};
