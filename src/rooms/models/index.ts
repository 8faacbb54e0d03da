// The room of models: what is predicted with, its trained versions, and where they are deployed.
// Invariants: what is imported is read in a process without rights and never as it came; a version never changes once it is published; artefacts are stored sealed under the tenant's key;
// one version at a time is deployed in an environment, with one canary at most beside it, and each change of that is kept.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { uploadPaces, uploadRoutes } from "../../kernel/uploads/index.js";
import { ArchitectureResolver } from "./architecture.resolver.js";
import { Deployment } from "./deployment.entity.js";
import { DeploymentService } from "./deployment.service.js";
import { DeploymentChange } from "./deployment-change.entity.js";
import { VersionEvaluation } from "./evaluation/version-evaluation.entity.js";
import { ImportResolver } from "./imports/import.resolver.js";
import { ImportService } from "./imports/import.service.js";
import { type ImportServices, ImportUploads } from "./imports/import-uploads.js";
import { ModelImport } from "./imports/model-import.entity.js";
import { Model } from "./model.entity.js";
import { constraints } from "./model.errors.js";
import { ModelResolver } from "./model.resolver.js";
import { ModelService } from "./model.service.js";
import { ModelVersion } from "./model-version.entity.js";
import { DeploymentChangeResolver, DeploymentResolver, ModelVersionResolver } from "./version.resolver.js";
import { VersionService } from "./version.service.js";

export { storedArchitecture } from "./architecture.stored.js";
export { ArchitectureInput, ArchitecturePreset, TextUnit } from "./architecture.type.js";
export { Setting } from "./architectures.type.js";
export { Deployment, Environment } from "./deployment.entity.js";
export { Engine } from "./engine.js";
export { EvaluationMetric } from "./evaluation/evaluation.type.js";
export { Kernels } from "./lineage.type.js";
export { Model, ModelType } from "./model.entity.js";
export { NotDeployed } from "./model.errors.js";
export type { ModelService } from "./model.service.js";
export { ModelMetrics } from "./metrics.type.js";
export { ModelVersion, VersionSource } from "./model-version.entity.js";
export { SplitKind, SplitPlan } from "./split-plan.type.js";
export type { Deployed, VersionService } from "./version.service.js";

export interface ModelsRoom extends Room {
  readonly models: ModelService;
  readonly versions: VersionService;
}

export function modelsRoom(kernel: Kernel, services: Omit<ImportServices, "versions">): ModelsRoom {
  const { metering } = services;
  const models = new ModelService(metering);
  const versions = new VersionService();
  const uploads = new ImportUploads({ ...services, versions });
  return {
    name: "models",
    models,
    versions,
    entities: [Model, ModelVersion, VersionEvaluation, Deployment, DeploymentChange, ModelImport],
    resolvers: [
      new ModelResolver(models),
      new ImportResolver(new ImportService(models)),
      new ArchitectureResolver(),
      new ModelVersionResolver(),
      new DeploymentResolver(new DeploymentService(versions, kernel.config.predictionThreads)),
      new DeploymentChangeResolver(),
    ],
    constraints,
    rules: {
      Query: {
        models: can("model:read"),
        model: can("model:read"),
        architectures: can("model:read"),
        validateArchitecture: can("model:read"),
      },
      Mutation: {
        createModel: can("model:create"),
        importModel: can("model:update"),
        updateModel: can("model:update"),
        deleteModel: can("model:delete"),
        deployModel: can("model:deploy"),
        rollbackDeployment: can("model:deploy"),
        undeployModel: can("model:deploy"),
      },
      Model: {
        owner: can("user:read"),
        versions: can("model:read"),
        deployments: can("model:read"),
        deploymentHistory: can("model:read"),
      },
      // A prediction's payload shows the version that answered to whoever may predict: its number, and no more.
      ModelVersion: {
        model: can("model:read"),
        metrics: can("model:read"),
        signature: can("model:read"),
        parent: can("model:read"),
        changes: can("model:read"),
        dataset: can("dataset:read"),
        architecture: can("model:read"),
        seed: can("model:read"),
        kernels: can("model:read"),
        split: can("model:read"),
        leftOut: can("model:read"),
        evaluation: can("model:read"),
        // Of the dataset it tells only who may read that as well; see the card.
        modelCard: can("model:read"),
      },
      DeploymentChange: {
        model: can("model:read"),
        version: can("model:read"),
        by: can("user:read"),
      },
      Deployment: { model: can("model:read"), version: can("model:read"), canary: can("model:read") },
    },
    nodes: [
      tenantNode("model", Model, can("model:read")),
      tenantNode("version", ModelVersion, can("model:read")),
      tenantNode("deployment", Deployment, can("model:read")),
      tenantNode("deploychange", DeploymentChange, can("model:read")),
    ],
    // In a scope of its own, because its parser takes every body as it comes.
    routes: (server) => void server.register((scope) => uploadRoutes(scope, uploads, uploadPaces)),
  };
}
