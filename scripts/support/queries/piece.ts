/** How an argument is given: written into the document, by a variable in one of its forms, or not at all. */
export type Style =
  | "omitted"
  | "literal"
  | "variable"
  /** A variable that nobody gives, for its default. */
  | "default"
  /** A variable with a default and a value. */
  | "overridden"
  /** A variable without default that nobody gives. */
  | "absent"
  /** A literal object of which one field is a variable. */
  | "inner";

export interface Given {
  readonly name: string;
  readonly style: Style;
  readonly value: unknown;
  /** The value in the second set of variables, which runs through the same document. */
  readonly other: unknown;
}

/** `@include` or `@skip`: decided in the document, or by a variable with these values. */
export interface Under {
  readonly directive: "include" | "skip";
  readonly style: "literal" | "variable" | "default";
  readonly values: readonly [boolean | null, boolean | null];
}

interface Selected {
  readonly under: readonly Under[];
}

/** A part of a selection set before it has names: aliases, variables and fragments get theirs when it is written. */
export type Piece =
  | (Selected & {
      readonly kind: "field";
      readonly name: string;
      readonly alias: string | null;
      readonly given: readonly Given[];
      readonly below: readonly Piece[];
    })
  | (Selected & { readonly kind: "inline"; readonly on: string | null; readonly below: readonly Piece[] })
  | (Selected & {
      readonly kind: "named";
      readonly on: string;
      readonly below: readonly Piece[];
      readonly twice: boolean;
    })
  /** A spread of one of the fragments that several places share. */
  | (Selected & { readonly kind: "shared"; readonly index: number });

export interface SharedFragment {
  readonly on: string;
  readonly below: readonly Piece[];
}

/** What a document is written from. */
export interface Blueprint {
  readonly pieces: readonly Piece[];
  readonly shared: readonly SharedFragment[];
  readonly isNamed: boolean;
  /** A second operation in the same document, which is not run. */
  readonly another: readonly Piece[] | null;
}

/** A document to run, with two sets of variables for it. */
export interface Query {
  readonly document: string;
  readonly operationName: string | null;
  readonly variables: readonly [Record<string, unknown>, Record<string, unknown>];
}
