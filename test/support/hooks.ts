// Decorators of type-graphql need it, also where a spec runs alone whose modules reach none of TypeORM's, which brings it.
import "reflect-metadata";
import "./assertions.js";
import { stopSharedCluster } from "./cluster.js";

/** Mocha's root hooks: whatever test files shared is taken down once, at the end. */
export const mochaHooks = {
  async afterAll(): Promise<void> {
    await stopSharedCluster();
  },
};
