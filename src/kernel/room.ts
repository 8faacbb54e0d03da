import type { FastifyInstance } from "fastify";
import type { EntityClass } from "./database/database.js";
import type { Listener } from "./database/unit-of-work.js";
import type { TenfoldErrorClass } from "./errors.js";
import type { NodeType } from "./graphql/node.js";
import type { RuleMap } from "./graphql/rules.js";
import type { Job } from "./jobs/index.js";

/** What a room gives the house: its tables, its part of the graph and the rules on it, its ears, its work. */
export interface Room {
  readonly name: string;
  readonly entities?: EntityClass[];
  /** Instances of type-graphql resolver classes. */
  readonly resolvers?: object[];
  readonly rules?: RuleMap;
  readonly nodes?: NodeType[];
  /** Database constraint → the error its violation means to a caller. */
  readonly constraints?: Record<string, TenfoldErrorClass>;
  readonly listener?: Listener;
  /** Every kind of background job the room enqueues or works on. */
  readonly jobs?: Job<unknown>[];
  /** Plain HTTP, e.g. uploads. */
  routes?(server: FastifyInstance): void;
  /** Begins background work; called in processes with a worker's role only. */
  work?(): Promise<void>;
  /** Ends what the room has running. */
  close?(): Promise<void>;
}
