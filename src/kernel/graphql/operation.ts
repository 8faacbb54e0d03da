import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from "graphql";
import {
  BadUserInput,
  finestCode,
  PersistedOperationNotFound,
  PersistedOperationRequired,
  type TenfoldError,
} from "../errors.js";
import { type Documents, documentsOf, type ReadDocument } from "./documents.js";
import { type FormatOptions, formatError } from "./format-error.js";
import type { OperationLimits } from "./limits.js";
import { Prices } from "./prices.js";
import type { Answer } from "./reads/answer.js";
import { subscribeAfresh } from "./subscribe.js";
import { noteOperation, type OperationTrace } from "./trace.js";

/** What the pipeline must know of a context; rooms' contexts hold more. */
export interface OperationContext {
  readonly requestId: string;
  /** True when tenant or API key allows registered operations only. */
  readonly persistedOnly: boolean;
  /** Named in the log line of the request. */
  readonly tenant?: { readonly id: string } | null;
}

/** One operation as a caller sends it, over HTTP or a socket: by its text or by `documentId`, never both. */
export interface OperationRequest {
  query: string | null;
  /** `sha256:{64 hexadecimal digits}` of a registered document. */
  documentId: string | null;
  operationName: string | null;
  variables: Readonly<Record<string, unknown>>;
}

/** An operation that has passed everything and may run, over whichever transport. */
export interface Prepared<C> {
  readonly operation: OperationDefinitionNode;
  readonly args: ExecutionArgs & { contextValue: C };
}

/** What became of an operation: fit to run, or all errors of its document. */
type Preparation<C> = Prepared<C> | readonly GraphQLError[];

export interface PipelineOptions<C extends OperationContext> extends FormatOptions {
  schema: GraphQLSchema;
  limits: OperationLimits;
  /** Looks a registered document up for this context's tenant; null when there is none. */
  persistedOperation(context: C, sha256: string): Promise<string | null>;
  /**
   * Why an operation is refused as a whole, before any of it has run; null when it is not. A mutation refused at a field
   * below would have committed without its caller being told what came of it.
   */
  refusal?(context: C, document: DocumentNode, type: OperationTypeNode): TenfoldError | null;
  /** Runs queries and mutations in place of graphql-js, with the same answers. */
  execute?(args: Prepared<C>["args"], operation: OperationDefinitionNode): Promise<Answer> | Answer;
  /** A fresh context for one event of a running subscription; throws when the credentials have ended. */
  renew(context: C): Promise<C>;
}

/** Extension of a root field that runs under an allow-list of registered operations too. */
export const alwaysAllowed = { alwaysAllowed: true };

/** The one way from a request to an answer, the same for HTTP and WebSocket. */
export class Pipeline<C extends OperationContext> {
  private readonly documents: Documents;
  private readonly prices: Prices;

  constructor(private readonly options: PipelineOptions<C>) {
    this.documents = documentsOf(options.schema, options.limits);
    this.prices = new Prices(options.schema, options.limits);
  }

  /** Finds, reads, checks and prices the operation. Throws a GraphQLError, or gives all errors of the document. */
  prepare(
    request: OperationRequest,
    context: C,
    trace: OperationTrace,
  ): Promise<Preparation<C>> | Preparation<C> {
    const { documentId, query } = request;
    if (documentId === null) return this.examine(query ?? "", request, context, trace);
    return this.registered(documentId, context).then((text) => this.examine(text, request, context, trace));
  }

  private examine(
    text: string,
    request: OperationRequest,
    context: C,
    trace: OperationTrace,
  ): Preparation<C> {
    const read = this.documents.get(text);
    // Locked callers get the same refusal whether the text is registered or not: only ids are accepted from them.
    const listed = context.persistedOnly && request.documentId === null;
    if (read.errors && !listed) return read.errors;
    const operation = read.document && getOperationAST(read.document, request.operationName);
    if (listed && !(operation && this.always(operation))) throw new PersistedOperationRequired();
    if (read.errors) return read.errors;
    if (!operation)
      throw new BadUserInput("Say with `operationName` which operation of the document to run.");
    noteOperation(trace, operation);
    trace.cost = this.prices.of(read.document, operation, request.variables);
    const refused = this.options.refusal?.(context, read.document, operation.operation);
    if (refused) throw refused;
    return { operation, args: this.args(read.document, request, context) };
  }

  /** Runs a query or mutation that `prepare` gave; nothing else has passed the limits. */
  execute({ args, operation }: Prepared<C>): Promise<Answer> | Answer {
    return this.options.execute ? this.options.execute(args, operation) : execute(args);
  }

  /** The same for a transport that wants the answer as an object. */
  async result(args: Prepared<C>["args"]): Promise<ExecutionResult> {
    const operation = getOperationAST(args.document, args.operationName);
    if (!operation) return execute(args);
    const answer = await this.execute({ args, operation });
    if (!("json" in answer)) return answer;
    const data = JSON.parse(answer.json) as ExecutionResult["data"];
    return answer.errors ? { errors: answer.errors, data } : { data };
  }

  /** Starts a subscription; each of its events is executed with a renewed context. */
  subscribe(
    args: Prepared<C>["args"],
  ): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
    return subscribeAfresh(args, (context) => this.options.renew(context));
  }

  /** Errors as callers get them; their finest codes are noted in the trace. */
  errors(errors: readonly unknown[], trace: OperationTrace): GraphQLFormattedError[] {
    const formatted = errors.map((error) => formatError(error, trace.requestId, this.options));
    trace.codes.push(...formatted.map(finestCode));
    return formatted;
  }

  /** The text of an answer as callers get it; `withCost` adds `extensions.cost`. */
  write(answer: Answer, trace: OperationTrace, withCost = false): string {
    if (!("json" in answer)) return JSON.stringify(this.present(answer, trace, withCost));
    const errors = answer.errors ? `"errors":${JSON.stringify(this.errors(answer.errors, trace))},` : "";
    const extensions = withCost ? `,"extensions":${JSON.stringify({ cost: trace.cost })}` : "";
    return `{${errors}"data":${answer.json}${extensions}}`;
  }

  /** A result as callers get it; `withCost` adds `extensions.cost`. */
  present(result: ExecutionResult, trace: OperationTrace, withCost = false): FormattedExecutionResult {
    if (!result.errors && !withCost) return result;
    return {
      ...(result.errors && { errors: this.errors(result.errors, trace) }),
      ...("data" in result && { data: result.data }),
      ...(withCost && { extensions: { ...result.extensions, cost: trace.cost } }),
    };
  }

  /** Whether the operation consists of nothing but fields that no allow-list may take away, e.g. signing out. */
  private always({ operation, selectionSet }: OperationDefinitionNode): boolean {
    const fields = this.options.schema.getRootType(operation)?.getFields() ?? {};
    return selectionSet.selections.every(
      (selection) =>
        selection.kind === Kind.FIELD && fields[selection.name.value]?.extensions.alwaysAllowed === true,
    );
  }

  /** The text of a registered document. Throws BAD_USER_INPUT or PERSISTED_OPERATION_NOT_FOUND. */
  private async registered(documentId: string, context: C): Promise<string> {
    const hash = /^sha256:([0-9a-f]{64})$/i.exec(documentId)?.[1]?.toLowerCase();
    if (!hash) throw new BadUserInput("documentId must be `sha256:` and 64 hexadecimal digits.");
    const text = await this.options.persistedOperation(context, hash);
    if (text === null) throw new PersistedOperationNotFound();
    return text;
  }

  private args(
    document: ReadDocument["document"] & object,
    request: OperationRequest,
    contextValue: C,
  ): Prepared<C>["args"] {
    const { schema } = this.options;
    return {
      schema,
      document,
      contextValue,
      variableValues: request.variables,
      operationName: request.operationName,
    };
  }
}
