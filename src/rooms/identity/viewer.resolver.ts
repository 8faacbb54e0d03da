import {
  Arg,
  Ctx,
  Extensions,
  Field,
  FieldResolver,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
  registerEnumType,
} from "type-graphql";
import type { RequestContext, Viewer as ViewerFacts } from "../../kernel/context.js";
import { badInput } from "../../kernel/errors.js";
import { type Declared, ToOne } from "../../kernel/graphql/reads/declare.js";
import { isPermission } from "../access/index.js";
import { Tenant } from "../tenancy/index.js";
import { ApiKey } from "./api-key.entity.js";
import { User } from "./user.entity.js";

/** The values are those of the kernel's `Viewer.kind`. */
export enum ViewerKind {
  USER = "user",
  API_KEY = "apiKey",
  OPERATOR = "operator",
}
registerEnumType(ViewerKind, {
  name: "ViewerKind",
  description: "What kind of credentials a request bears.",
  valuesConfig: {
    USER: { description: "A person of a tenant." },
    API_KEY: { description: "A program of a tenant." },
    OPERATOR: { description: "Who runs this installation." },
  },
});

@ObjectType({ description: "Who asks: a user, an API key or the operator." })
export class Viewer {
  constructor(
    readonly facts: ViewerFacts,
    readonly tenantId: string | null,
  ) {}

  @Field(() => ID, { description: "The id of the user, API key or operator." })
  get id(): string {
    return this.facts.id ?? "";
  }

  get userId(): string | null {
    return this.kind === ViewerKind.USER ? this.facts.id : null;
  }

  get apiKeyId(): string | null {
    return this.kind === ViewerKind.API_KEY ? this.facts.id : null;
  }

  @Field(() => ViewerKind)
  get kind(): ViewerKind {
    // The field's rule lets nobody else in.
    return this.facts.kind as ViewerKind;
  }

  @Field(() => [String], {
    description:
      "The roles held in the tenant, or OPERATOR; empty for an API key, which has scopes in their place.",
  })
  get roles(): string[] {
    const { role } = this.facts;
    return role === null ? [] : [role];
  }

  @Field(() => [String], { description: "What the viewer may do, sorted." })
  get permissions(): string[] {
    return [...this.facts.permissions].sort();
  }
}

const viewerOf = ({ viewer, tenant }: RequestContext): Viewer => new Viewer(viewer, tenant?.id ?? null);

@Resolver(() => Viewer)
export class ViewerResolver {
  @Extensions({ ofContext: viewerOf })
  @Query(() => Viewer, { description: "Who am I?" })
  viewer(@Ctx() context: RequestContext): Viewer {
    return viewerOf(context);
  }

  @FieldResolver(() => Boolean, { description: "Whether the viewer may do `action`, e.g. `model:create`." })
  can(@Root() { facts }: Viewer, @Arg("action") action: string): boolean {
    if (!isPermission(action))
      throw badInput("action", `There is no permission ${JSON.stringify(action.slice(0, 64))}.`);
    return facts.permissions.has(action);
  }

  @ToOne(Tenant, { key: "tenantId", nullable: true })
  readonly tenant!: Declared;

  @ToOne(User, { key: "userId", nullable: true })
  readonly user!: Declared;

  @ToOne(ApiKey, { key: "apiKeyId", nullable: true })
  readonly apiKey!: Declared;
}
