import { defineError } from "../../kernel/errors.js";

export const TrainingFinished = defineError("TRAINING_FINISHED", "This training has ended already.");
