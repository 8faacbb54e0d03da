import { GraphQLDateTime, GraphQLJSONObject, GraphQLSafeInt } from "graphql-scalars";

/** RFC 3339 in UTC. */
export const DateTime = GraphQLDateTime;
/** An object of any shape, e.g. one row for a prediction. */
export const JSONObject = GraphQLJSONObject;
/** A whole number up to 2^53 - 1: bytes, counts. */
export const SafeInt = GraphQLSafeInt;
