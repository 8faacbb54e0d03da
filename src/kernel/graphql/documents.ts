import { type DocumentNode, GraphQLError, type GraphQLSchema, parse, validate } from "graphql";
import { LRUCache } from "lru-cache";
import { BadUserInput } from "../errors.js";
import { brokenLimit, measure, type OperationLimits, overLimit } from "./limits.js";

/** A document text as read once: either fit to run, or the errors every caller of it gets. */
export type ReadDocument =
  | { readonly document: DocumentNode; readonly errors?: undefined }
  | { readonly document?: undefined; readonly errors: readonly GraphQLError[] };

/** Validation stops here: each further error costs time and tells the caller nothing new. */
const maxErrors = 10;

/** Memory bound of the cache: documents of 2 MiB text are about 60 MiB as syntax trees with locations. */
const cachedCharacters = 2 * 1024 * 1024;

/** Reads documents: parsed, measured and validated once a text. Refused texts are remembered as well. */
export class Documents {
  private readonly read = new LRUCache<string, ReadDocument>({
    max: 2_000,
    maxSize: cachedCharacters,
    maxEntrySize: 64 * 1024,
  });

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly limits: OperationLimits,
  ) {}

  get(text: string): ReadDocument {
    const known = this.read.get(text);
    if (known) return known;
    const fresh = this.examine(text);
    this.read.set(text, fresh, { size: text.length + 1 });
    return fresh;
  }

  private examine(text: string): ReadDocument {
    const document = this.parse(text);
    if (document instanceof GraphQLError) return { errors: [document] };
    const broken = brokenLimit(measure(document), this.limits);
    if (broken) return { errors: [broken] };
    const errors = validate(this.schema, document, undefined, { maxErrors });
    return errors.length > 0 ? { errors } : { document };
  }

  private parse(text: string): DocumentNode | GraphQLError {
    try {
      return parse(text, { maxTokens: this.limits.tokens });
    } catch (error) {
      if (!(error instanceof GraphQLError)) return new BadUserInput("The document is nested too deep.");
      return error.message.endsWith("tokens. Parsing aborted.") ? this.tooLong() : error;
    }
  }

  /** The parser stops at the limit, so how many tokens there are stays unknown. */
  private tooLong(): GraphQLError {
    const { tokens } = this.limits;
    return overLimit(
      "The document is too long. Split it into several requests.",
      "tokens",
      tokens + 1,
      tokens,
    );
  }
}

const shared = new WeakMap<GraphQLSchema, Documents>();

/** The documents of a schema, read once whoever asks for them: the door, or who registers an operation for it. */
export function documentsOf(schema: GraphQLSchema, limits: OperationLimits): Documents {
  const known = shared.get(schema) ?? new Documents(schema, limits);
  shared.set(schema, known);
  return known;
}
