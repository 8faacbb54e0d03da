import { defineError } from "../../kernel/errors.js";

export const DatasetNotReady = defineError("DATASET_NOT_READY", "The dataset has no data yet. Upload its file first.");
export const TrainingFinished = defineError("TRAINING_FINISHED", "This training has ended already.");
