const response = "application/graphql-response+json";
const json = "application/json";

/** Whether the part's charset is UTF-8, the only one there is; unnamed it is. */
const isUtf8 = (parameters: readonly string[]): boolean => {
  const charset = parameters.find((parameter) => parameter.includes("charset="));
  return charset === undefined || /^charset=utf-?8$/.test(charset);
};

function typeOf(part: string): string | null {
  const [name = "", ...parameters] = part.replaceAll(/\s/g, "").toLowerCase().split(";");
  if (!isUtf8(parameters)) return null;
  if (name === response) return response;
  return name === json || name === "application/*" || name === "*/*" ? json : null;
}

/**
 * The media type to answer in after GraphQL over HTTP: the first one of `Accept` that the door has; null where it has
 * none of them.
 */
export function acceptedType(accept: string | undefined): string | null {
  if (accept === undefined || accept === "" || accept === "*/*") return json;
  for (const part of accept.split(",")) {
    const type = typeOf(part);
    if (type !== null) return type;
  }
  return null;
}

/** The media type of an answer that must be given in one or the other, e.g. that none is acceptable. */
export const answerType = (accept: string | undefined): string => acceptedType(accept) ?? json;

export const isGraphQLResponse = (type: string): boolean => type === response;
