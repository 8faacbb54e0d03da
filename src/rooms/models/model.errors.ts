import { defineError, NotFound } from "../../kernel/errors.js";

export const ModelNameTaken = defineError("MODEL_NAME_TAKEN", "Another model has this name.");
export const NotDeployed = defineError(
  "NOT_DEPLOYED",
  "No version of this model is deployed there. Deploy one first.",
);

export const NothingToRollBack = defineError(
  "NOTHING_TO_ROLL_BACK",
  "No other version of this model was deployed there before. Deploy the one you want.",
);

export const constraints = {
  model_name_key: ModelNameTaken,
  // The model was deleted in the moment one of its versions was deployed.
  deployment_model_id_fkey: NotFound,
  deployment_version_id_fkey: NotFound,
  // It was deleted while leave to import was given.
  model_import_model_id_fkey: NotFound,
};
