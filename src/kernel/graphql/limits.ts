import { type DocumentNode, Kind, type SelectionNode, type SelectionSetNode } from "graphql";
import { BadUserInput, type TenfoldError } from "../errors.js";

/** How large one operation may be. Counts follow fragments: a fragment spread twice counts twice. */
export interface OperationLimits {
  /** Lexical tokens of a document, comments left out. */
  tokens: number;
  /** Nested fields, the root field being 1; introspection counts as 1, it has a rule of its own. */
  depth: number;
  /** Fields with an alias. */
  aliases: number;
  /** Fields of Query, Mutation or Subscription: what rate limits by operation would miss. */
  rootFields: number;
  /** Uses of directives, wherever they stand. */
  directives: number;
  /** Price by `operationCost`, variables considered. */
  cost: number;
}

/** What can be told of a document before it is validated, so that bombs never reach the validation rules. */
export type DocumentFacts = Pick<OperationLimits, "depth" | "aliases" | "rootFields" | "directives">;

interface SetFacts {
  depth: number;
  aliases: number;
  fields: number;
}

const none: SetFacts = { depth: 0, aliases: 0, fields: 0 };

/** Walks each selection set once, whatever the number of spreads: a doubling fragment bomb costs its own length. */
class Measure {
  directives = 0;
  private readonly sets = new Map<string, SelectionSetNode>();
  private readonly fragments = new Map<string, SetFacts>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.sets.set(definition.name.value, definition.selectionSet);
    }
  }

  ofSet(set: SelectionSetNode | undefined): SetFacts {
    const total = { ...none };
    for (const selection of set?.selections ?? []) {
      this.directives += selection.directives?.length ?? 0;
      const facts = this.ofSelection(selection);
      total.depth = Math.max(total.depth, facts.depth);
      total.aliases += facts.aliases;
      total.fields += facts.fields;
    }
    return total;
  }

  ofFragment(name: string): SetFacts {
    const known = this.fragments.get(name);
    if (known) return known;
    // Entered before it is measured, so that a cycle ends here; the validation rules then report it.
    this.fragments.set(name, none);
    const facts = this.ofSet(this.sets.get(name));
    this.fragments.set(name, facts);
    return facts;
  }

  private ofSelection(selection: SelectionNode): SetFacts {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(selection.name.value);
    const inner = this.ofSet(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return inner;
    const depth = selection.name.value.startsWith("__") ? 1 : inner.depth + 1;
    return { depth, aliases: inner.aliases + (selection.alias ? 1 : 0), fields: 1 };
  }
}

/** Measures a document in time linear to its length. With several operations the largest counts. */
export function measure(document: DocumentNode): DocumentFacts {
  const walk = new Measure(document);
  const facts: DocumentFacts = { depth: 0, aliases: 0, rootFields: 0, directives: 0 };
  for (const definition of document.definitions) {
    walk.directives += "directives" in definition ? (definition.directives?.length ?? 0) : 0;
    if (definition.kind === Kind.FRAGMENT_DEFINITION) walk.ofFragment(definition.name.value);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const variable of definition.variableDefinitions ?? [])
      walk.directives += variable.directives?.length ?? 0;
    const found = walk.ofSet(definition.selectionSet);
    facts.depth = Math.max(facts.depth, found.depth);
    facts.aliases = Math.max(facts.aliases, found.aliases);
    facts.rootFields = Math.max(facts.rootFields, found.fields);
  }
  return { ...facts, directives: walk.directives };
}

const sentences: Record<keyof DocumentFacts, string> = {
  depth: "The operation is nested too deep. Ask for less at once or follow the ids in a second request.",
  aliases: "The operation has too many aliases. Split it into several requests.",
  rootFields: "The operation has too many root fields. Split it into several requests.",
  directives: "The operation has too many directives. Split it into several requests.",
};

/** The first limit a document breaks, as BAD_USER_INPUT with `limit: {name, value, maximum}`; null when it keeps all. */
export function brokenLimit(facts: DocumentFacts, limits: OperationLimits): TenfoldError | null {
  const names = ["rootFields", "aliases", "directives", "depth"] as const;
  const name = names.find((candidate) => facts[candidate] > limits[candidate]);
  return name ? overLimit(sentences[name], name, facts[name], limits[name]) : null;
}

/** BAD_USER_INPUT that tells the measured value and what would have been allowed. */
export function overLimit(message: string, name: string, value: number, maximum: number): TenfoldError {
  // JSON has no Infinity, which a deep enough doubling bomb reaches.
  const measured = Math.min(value, Number.MAX_SAFE_INTEGER);
  return new BadUserInput(message, { limit: { name, value: measured, maximum } });
}

/** Whether a value nests deeper than `levels`: such input overflows the stack of whoever walks it later. */
export function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const inner: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((item) => deeperThan(item, levels - 1));
}
