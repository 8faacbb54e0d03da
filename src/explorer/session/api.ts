import { told } from "../told";

/** One answer of the server to a GraphQL request. */
export interface Answer<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: readonly { message: string; extensions?: { code?: string; reason?: string } }[];
}

export interface Request {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

const endpoint = "/graphql";

/** Where subscriptions go: the same path on the same host, encrypted when the page is. */
export const socketAddress = (page: Location): string =>
  `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}${endpoint}`;

/**
 * Sends one operation. Answers with GraphQL errors are answers; it throws only where there is none, with a
 * sentence for the person in front of the page.
 */
export async function post(request: Request, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
    // The explorer sends its own bearer token; a cookie of this host is none of its business.
    credentials: "omit",
  }).catch(() => {
    throw told("The server does not answer. Is it running?");
  });
  return readAnswer(response);
}

/** A proxy in between answers with a page of its own; its status says more than a JSON parse error. */
async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw told(`The server's answer is not GraphQL (status ${response.status}). Try again in a moment.`);
  }
}

/**
 * Whether the server did not accept the credentials, as opposed to what they may do. With a reason it is about
 * something else than the token (a wrong password): renewing that would only send the wrong password again.
 */
export const isUnauthenticated = (answer: Answer): boolean =>
  answer.errors?.some(
    ({ extensions }) => extensions?.code === "UNAUTHENTICATED" && extensions.reason === undefined,
  ) ?? false;

/** The data of an answer, or an error with the server's own words. */
export function dataOf<Data>(answer: Answer<Data>): Data {
  const [error] = answer.errors ?? [];
  if (error) throw told(error.message);
  if (!answer.data) throw told("The server answered without data.");
  return answer.data;
}
