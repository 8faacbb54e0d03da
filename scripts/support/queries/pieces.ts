import fc from "fast-check";
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from "graphql";
import type { Given, Piece, SharedFragment, Style, Under } from "./piece.js";
import type { Values } from "./values.js";

type AnyField = GraphQLField<unknown, unknown>;

/** Few names, so that they meet; some are fields of many types, some are what objects of JavaScript inherit. */
const alias = fc.oneof(
  { weight: 60, arbitrary: fc.constant(null) },
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "c") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "id",
      "name",
      "nodes",
      "edges",
      "totalCount",
      "__proto__",
      "constructor",
      "toJSON",
      "then",
    ),
  },
);

const condition: fc.Arbitrary<Under> = fc.record({
  directive: fc.constantFrom("include", "skip"),
  style: fc.constantFrom("literal", "variable", "variable", "default"),
  values: fc.tuple(
    fc.boolean(),
    fc.oneof({ weight: 20, arbitrary: fc.boolean() }, { weight: 1, arbitrary: fc.constant(null) }),
  ),
});

const under = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Under[]>([]) },
  { weight: 1, arbitrary: fc.array(condition, { minLength: 1, maxLength: 2 }) },
);

/** What a clock says is another number every time. */
const measured = new Set(["latencyMs"]);

/** Lead below the first level of a list. */
const leading = new Set(["nodes", "edges", "node"]);

/** Which root fields are asked for often, and which seldom, since they are refused or read at length. */
export interface Taste {
  readonly often: readonly string[];
  readonly seldom: readonly string[];
}

/** Selection sets over a whole schema: a new type or field enters by existing. */
export class Pieces {
  readonly #known = new Map<string, fc.Arbitrary<Piece[]>>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly values: Values,
    private readonly taste: Taste,
  ) {}

  /** What may be asked of a type, `levels` deep. */
  of(type: GraphQLCompositeType, levels: number, most = 3): fc.Arbitrary<Piece[]> {
    const key = `${type.name} ${levels} ${most}`;
    const known =
      this.#known.get(key) ?? fc.array(this.#piece(type, levels), { minLength: 1, maxLength: most });
    this.#known.set(key, known);
    return known;
  }

  /** Fragments on what can be reached in several ways. */
  shared(): fc.Arbitrary<SharedFragment[]> {
    const types = ["Node", "Model", "TrainingJob", "ModelVersion", "User", "Dataset"];
    const fragments = types.map((on) => {
      const type = this.schema.getType(on);
      if (!isCompositeType(type)) throw new Error(`There is no type ${on} to ask of.`);
      return fc.record({ on: fc.constant(on), below: this.of(type, 1, 2) });
    });
    return fc.array(fc.oneof(...fragments), { maxLength: 2 });
  }

  #piece(type: GraphQLCompositeType, levels: number): fc.Arbitrary<Piece> {
    const fields = isUnionType(type)
      ? []
      : Object.values(type.getFields()).filter(({ name }) => !measured.has(name));
    const isLeaf = (field: AnyField): boolean => !isCompositeType(getNamedType(field.type));
    const leaves = fields.filter(isLeaf);
    const others = levels > 0 ? fields.filter((field) => !isLeaf(field)) : [];
    const below = others.map((field) => ({
      weight: this.#weight(field),
      arbitrary: this.#field(field, levels),
    }));
    return fc.oneof(
      { weight: 4, arbitrary: this.#typename() },
      ...leaves.map((field) => ({ weight: 5, arbitrary: this.#field(field, levels) })),
      ...below,
      ...(levels > 0 ? this.#fragments(type, levels) : []),
    );
  }

  #weight({ name }: AnyField): number {
    if (leading.has(name) || this.taste.often.includes(name)) return 24;
    return this.taste.seldom.includes(name) ? 1 : 8;
  }

  #typename(): fc.Arbitrary<Piece> {
    return fc.record({
      kind: fc.constant("field" as const),
      name: fc.constant("__typename"),
      alias,
      given: fc.constant([]),
      below: fc.constant([]),
      under,
    });
  }

  #field(field: AnyField, levels: number): fc.Arbitrary<Piece> {
    const type = getNamedType(field.type);
    const below = isCompositeType(type) ? this.of(type, levels - 1) : fc.constant<Piece[]>([]);
    return fc.record({
      kind: fc.constant("field" as const),
      name: fc.constant(field.name),
      alias,
      given: fc.tuple(...field.args.map((argument) => this.#given(argument, field))),
      below,
      under,
    });
  }

  #given(argument: GraphQLArgument, field: AnyField): fc.Arbitrary<Given> {
    const { name, type } = argument;
    const place = { name, field: field.name, answers: getNamedType(field.type).name };
    const sometimes: Style[] = ["literal", "variable", "default", "overridden"];
    const isOften = name === "after" ? 20 : 5;
    if (!isRequiredArgument(argument))
      sometimes.push(...Array.from({ length: isOften }, (): Style => "omitted"), "absent");
    if (isInputObjectType(getNamedType(type))) sometimes.push("inner", "inner");
    return fc.constantFrom(...sometimes).chain((style) => {
      const isSent = style === "variable" || style === "overridden";
      return fc.record({
        name: fc.constant(name),
        style: fc.constant(style),
        value: this.values.of(type, place),
        other: isSent ? this.values.sent(type, place) : this.values.of(type, place),
      });
    });
  }

  #fragments(
    type: GraphQLCompositeType,
    levels: number,
  ): { weight: number; arbitrary: fc.Arbitrary<Piece> }[] {
    const fragments = this.#typesWithin(type).flatMap((on) => {
      const below = this.of(on, levels - 1);
      const inline = fc.record({
        kind: fc.constant("inline" as const),
        on: on === type ? fc.constantFrom(null, type.name) : fc.constant<string | null>(on.name),
        below,
        under,
      });
      const named = fc.record({
        kind: fc.constant("named" as const),
        on: fc.constant(on.name),
        below,
        twice: fc.boolean(),
        under,
      });
      return [inline, named];
    });
    const shared = fc.record({ kind: fc.constant("shared" as const), index: fc.nat(1), under });
    const weight = isInterfaceType(type) ? 40 : 4;
    return [
      { weight, arbitrary: fc.oneof(...fragments) },
      { weight: 3, arbitrary: shared },
    ];
  }

  /** The type itself, its interfaces, and what an interface may stand for. */
  #typesWithin(type: GraphQLCompositeType): GraphQLCompositeType[] {
    if (isObjectType(type)) return [type, ...type.getInterfaces()];
    return [type, ...this.schema.getPossibleTypes(type)];
  }
}
