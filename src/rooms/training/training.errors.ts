import { defineError, NotFound } from "../../kernel/errors.js";

export const TrainingFinished = defineError("TRAINING_FINISHED", "This training has ended already.");

/** What a job is made of went away while it was queued. */
export const constraints = {
  training_job_model_id_fkey: NotFound,
  training_job_dataset_id_fkey: NotFound,
};
