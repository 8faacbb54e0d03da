import { byId } from "../../kernel/graphql/loaders.js";
import { User } from "./user.entity.js";

/** Null for ids that are no person's, e.g. an API key's. */
export const usersById = byId(User);
