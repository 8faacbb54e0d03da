import { defineError } from "../../kernel/errors.js";

export const ModelNameTaken = defineError("MODEL_NAME_TAKEN", "Another model has this name.");
export const NotDeployed = defineError(
  "NOT_DEPLOYED",
  "No version of this model is deployed there. Deploy one first.",
);

export const constraints = { model_name_key: ModelNameTaken };
