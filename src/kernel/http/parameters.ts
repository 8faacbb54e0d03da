import type { FastifyRequest } from "fastify";
import { parseRequestParams, type Request, type RequestParams } from "graphql-http";
import type { OperationRequest } from "../graphql/operation.js";
import { HttpError, httpErrorOf } from "./http-error.js";

type Incoming = Request<unknown, unknown>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const parsed = (text: string | null): unknown => {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
};

/** What graphql-http does not read: the parameters as one record, from the body or the address. */
function record(request: Incoming): Record<string, unknown> {
  if (request.method === "POST") return isRecord(request.body) ? request.body : {};
  const search = URL.parse(request.url, "http://door")?.searchParams;
  return {
    query: search?.get("query") ?? undefined,
    documentId: search?.get("documentId") ?? undefined,
    extensions: parsed(search?.get("extensions") ?? null),
  };
}

/** The id of a registered document: `documentId`, or the hash in the place other clients put it. */
export function documentIdOf({ documentId, extensions }: Record<string, unknown>): string | null {
  if (documentId !== undefined && documentId !== null) {
    if (typeof documentId !== "string")
      throw new HttpError(400, "BAD_USER_INPUT", "documentId must be a string.");
    return documentId;
  }
  const persisted = isRecord(extensions) ? extensions.persistedQuery : undefined;
  const hash = isRecord(persisted) ? persisted.sha256Hash : undefined;
  return typeof hash === "string" ? `sha256:${hash}` : null;
}

/** Makes graphql-http accept a request that has an id for its document: it knows only `query`. */
function withQuery(request: Incoming, body: Record<string, unknown>): Incoming {
  if (request.method === "POST") return { ...request, body: { ...body, query: "" } };
  const separator = request.url.includes("?") ? "&" : "?";
  return { ...request, url: `${request.url}${separator}query=` };
}

export function operationRequest(
  { query, operationName, variables }: Pick<RequestParams, "query" | "operationName" | "variables">,
  documentId: string | null,
): OperationRequest {
  return {
    query: documentId ? null : query,
    documentId,
    operationName: operationName ?? null,
    variables: variables ?? {},
  };
}

/**
 * Reads a request as graphql-http does, and registered documents besides.
 * Throws `HttpError` when it is not well-formed, or method or media type are wrong.
 */
export async function readParameters({
  method,
  url,
  headers,
  body: sent,
}: FastifyRequest): Promise<OperationRequest> {
  const content = typeof sent === "object" ? (sent as Record<string, unknown> | null) : null;
  const request: Incoming = { method, url, headers, body: content, raw: null, context: null };
  if (Array.isArray(request.body)) {
    throw new HttpError(400, "BAD_USER_INPUT", "Batches are not accepted. Send one operation a request.");
  }
  const body = record(request);
  const documentId = documentIdOf(body);
  if (documentId && body.query)
    throw new HttpError(400, "BAD_USER_INPUT", "Send either query or documentId, not both.");
  const found = await parseRequestParams(documentId ? withQuery(request, body) : request).catch(
    (error: Error) => {
      throw new HttpError(400, "BAD_USER_INPUT", `${error.message}.`);
    },
  );
  if ("query" in found) return operationRequest(found, documentId);
  const [, { status, headers: answered }] = found;
  throw httpErrorOf(status, answered);
}
