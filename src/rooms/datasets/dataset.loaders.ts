import { byId } from "../../kernel/graphql/loaders.js";
import { Dataset } from "./dataset.entity.js";

/** Null where there is none; for `loaders.of(context, datasetsById)`. */
export const datasetsById = byId(Dataset);
