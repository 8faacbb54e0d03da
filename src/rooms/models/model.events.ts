import type { DomainEvent } from "../../kernel/events.js";

export type ModelEvent = DomainEvent & {
  type:
    | "model.created"
    | "model.updated"
    | "model.deleted"
    | "import.opened"
    | "version.imported"
    | "version.published"
    | "model.deployed"
    | "model.canaryDeployed"
    | "model.rolledBack"
    | "model.undeployed";
};
