const response = "application/graphql-response+json";
const json = "application/json";

/** The media type to answer in: the first one of `Accept` that the door has, as graphql-http chooses it. */
export function answerType(accept: string | undefined): string {
  for (const part of (accept || "*/*").split(",")) {
    const [type = ""] = part.split(";", 1);
    const name = type.trim().toLowerCase();
    if (name === response) return response;
    if (name === json || name === "application/*" || name === "*/*") return json;
  }
  return json;
}

export const isGraphQLResponse = (type: string): boolean => type === response;
