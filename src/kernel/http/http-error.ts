import type { GraphQLFormattedError } from "graphql";

/** Why HTTP itself refuses a request, before any operation is looked at. Answered in GraphQL's shape. */
export class HttpError extends Error {
  constructor(
    readonly statusCode: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** Sentences for statuses that Node, Fastify and graphql-http choose by themselves. */
const sentences: Record<number, [code: string, message: string]> = {
  400: ["BAD_USER_INPUT", "The request is not valid HTTP, or its body is not valid JSON."],
  // Nothing but the folder of static files refuses so by itself; our own refusals bring a sentence of their own.
  403: ["FORBIDDEN", "This path leads out of its folder. Only the files in the folder are served."],
  404: ["NOT_FOUND", "There is no such path here. The API is at /graphql."],
  405: ["BAD_USER_INPUT", "This method is not allowed here. The header `allow` names those that are."],
  406: ["BAD_USER_INPUT", "Accept application/graphql-response+json or application/json."],
  408: ["BAD_USER_INPUT", "The request did not arrive in time. Send it again."],
  413: ["BAD_USER_INPUT", "The body is too large. Upload data files to an upload URL."],
  414: ["BAD_USER_INPUT", "The address is too long. Send the operation as POST."],
  415: ["BAD_USER_INPUT", "Send the operation as application/json in UTF-8."],
  421: [
    "BAD_USER_INPUT",
    "This server does not answer to that host name. The operator can add it: TENFOLD_HOSTS.",
  ],
  431: ["BAD_USER_INPUT", "The headers are too large. Send fewer or shorter ones."],
  503: ["UNAVAILABLE", "The service can't do this right now. Try again in a moment."],
};

/** The error of a status, with the sentence that belongs to it; a status without one counts as 400. */
export function httpErrorOf(statusCode: number, headers?: Record<string, string>): HttpError {
  const known = sentences[statusCode] ? statusCode : 400;
  const [code, message] = sentences[known] ?? ["BAD_USER_INPUT", ""];
  return new HttpError(known, code, message, headers);
}

export function formatHttpError({ code, message }: HttpError, requestId: string): GraphQLFormattedError {
  return { message, extensions: { code, requestId } };
}

/** The body of a refused request: GraphQL's shape, so that a client needs one way of reading errors. */
export function httpErrorBody(error: HttpError, requestId: string): string {
  return JSON.stringify({ errors: [formatHttpError(error, requestId)] });
}

/** Statuses of `application/graphql-response+json` answers without data; every other code is 400. */
const statuses: Record<string, number> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  TENANT_SUSPENDED: 403,
  PERSISTED_OPERATION_REQUIRED: 403,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
};

export const statusOfCode = (code: unknown): number => statuses[String(code)] ?? 400;
