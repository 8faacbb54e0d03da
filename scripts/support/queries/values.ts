import fc from "fast-check";
import {
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";

/** What callers of one world can name: real, foreign and forged. */
export interface Pools {
  /** Ids by their prefix. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Ids of others, of nobody, and texts that are none. */
  readonly strangeIds: readonly string[];
  /** Cursors by the name of their connection's type. */
  readonly cursors: Readonly<Record<string, readonly string[]>>;
  readonly strangeCursors: readonly string[];
  /** Texts by the name of their argument. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
}

/** Where a value goes: the name of its argument or input field, and the field of the graph it is given to. */
export interface Place {
  readonly name: string;
  readonly field: string;
  /** The name of what the field answers, lists and nulls apart. */
  readonly answers: string;
}

const prefixes: Readonly<Record<string, string>> = {
  modelId: "model",
  datasetId: "dataset",
  actorId: "user",
  trainingJob: "job",
  findTenant: "tenant",
};

const times = [
  "2024-05-06T07:08:09.123Z",
  "2024-05-06T07:08:09.123456Z",
  "1969-12-31T23:59:59.999Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "2024-02-29T12:00:00+05:30",
  "2026-01-01T00:00:00Z",
];

/** What no place of the graph takes; sent in variables only, since a document with it would not be valid. */
const wrong = fc.constantFrom<unknown>("x", 5.5, {}, [], 2 ** 31, -(2 ** 53), true, "NO_SUCH", [null], {
  a: 1,
});

const oneOf = (texts: readonly string[] | undefined): fc.Arbitrary<string> =>
  fc.constantFrom(...(texts?.length ? texts : [""]));

/** Values for the inputs of a schema, as JSON: mostly such as lead somewhere. */
export class Values {
  constructor(private readonly pools: Pools) {}

  /** A value that is valid in a document. */
  of(type: GraphQLInputType, place: Place): fc.Arbitrary<unknown> {
    if (isNonNullType(type)) return this.present(type.ofType, place);
    return fc.oneof(
      { weight: 9, arbitrary: this.present(type, place) },
      { weight: 1, arbitrary: fc.constant(null) },
    );
  }

  /** A value as a variable may bear it: now and then one that is refused. */
  sent(type: GraphQLInputType, place: Place): fc.Arbitrary<unknown> {
    return fc.oneof(
      { weight: 60, arbitrary: this.of(type, place) },
      { weight: 1, arbitrary: wrong },
      { weight: 1, arbitrary: fc.constant(null) },
    );
  }

  private present(type: GraphQLInputType, place: Place): fc.Arbitrary<unknown> {
    if (isListType(type)) return fc.array(this.of(type.ofType, place), { maxLength: 3 });
    const named = getNamedType(type);
    if (isEnumType(named)) return fc.constantFrom(...named.getValues().map(({ name }) => name));
    if (!isInputObjectType(named)) return this.scalar(named.name, place);
    const fields = Object.values(named.getFields());
    return fc.record(
      Object.fromEntries(
        fields.map((field) => [field.name, this.of(field.type, { ...place, name: field.name })]),
      ),
      { requiredKeys: fields.filter(isRequiredInputField).map(({ name }) => name) },
    );
  }

  private scalar(type: string, place: Place): fc.Arbitrary<unknown> {
    if (type === "Int") return this.count();
    if (type === "Float") return fc.constantFrom(0, 0.5, -1, 1e9);
    if (type === "Boolean") return fc.boolean();
    if (type === "DateTime") return fc.constantFrom(...times);
    if (type === "ID") return this.id(place);
    return place.name === "after" ? this.cursor(place) : oneOf(this.pools.texts[place.name]);
  }

  /** Mostly few, or documents would soon cost too much to be let in. */
  private count(): fc.Arbitrary<number> {
    return fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(3, 1, 2, 5) },
      { weight: 3, arbitrary: fc.constantFrom(100, 40) },
      { weight: 2, arbitrary: fc.constantFrom(0, 101, -1, 2 ** 31 - 1) },
    );
  }

  private id({ name, field }: Place): fc.Arbitrary<string> {
    const { ids, strangeIds } = this.pools;
    const all = Object.values(ids).flat();
    const fitting = ids[prefixes[name] ?? prefixes[field] ?? field] ?? all;
    return fc.oneof(
      { weight: 16, arbitrary: oneOf(fitting) },
      { weight: 1, arbitrary: oneOf(all) },
      { weight: 1, arbitrary: oneOf(strangeIds) },
    );
  }

  private cursor({ answers }: Place): fc.Arbitrary<string> {
    const { cursors, strangeCursors } = this.pools;
    return fc.oneof(
      { weight: 40, arbitrary: oneOf(cursors[answers]) },
      { weight: 1, arbitrary: oneOf(Object.values(cursors).flat()) },
      { weight: 1, arbitrary: oneOf(strangeCursors) },
    );
  }
}
