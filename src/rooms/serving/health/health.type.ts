import { Extensions, Field, Float, ObjectType, registerEnumType } from "type-graphql";
import { ErrorCode } from "../../../kernel/graphql/schema.js";
import { ModelVersion } from "../../models/index.js";

export enum HealthStatus {
  HEALTHY = "HEALTHY",
  UNHEALTHY = "UNHEALTHY",
}
registerEnumType(HealthStatus, {
  name: "HealthStatus",
  description: "Whether a deployment can do its work.",
  valuesConfig: {
    HEALTHY: { description: "It answers." },
    UNHEALTHY: { description: "It does not; the message says what to do." },
  },
});

@ObjectType({ description: "What came of asking one version of a deployment for a made-up prediction." })
export class VersionHealth {
  @Field(() => HealthStatus) status!: HealthStatus;
  @Field(() => ModelVersion, { description: "The version that was asked: the one deployed, or its canary." })
  version!: ModelVersion;
  // Another one each time, so that no two answers can be compared by it.
  @Extensions({ measured: true })
  @Field(() => Float, { description: "Time that the answer took, loading included where it was not loaded." })
  latencyMs!: number;
  @Field(() => ErrorCode, { nullable: true, description: "Null where it answers." }) code!: string | null;
  @Field(() => String, { nullable: true, description: "Null where it answers." }) message!: string | null;
}

@ObjectType({ description: "Whether a deployment answers, found out by asking it." })
export class DeploymentHealth {
  @Field(() => HealthStatus, { description: "UNHEALTHY where any of its versions is." })
  status!: HealthStatus;
  @Field(() => [VersionHealth], { description: "The version deployed, then its canary." })
  versions!: VersionHealth[];
}
