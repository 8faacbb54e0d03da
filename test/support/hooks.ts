// Decorators of type-graphql need it, also where a spec runs alone whose modules reach none of TypeORM's, which brings it.
import "reflect-metadata";
import "./assertions.js";
import { endShared } from "./shared.js";

// Mocha alone would let a rejection pass that nobody handles, though one ends a server.
process.on("unhandledRejection", (reason) => {
  throw reason;
});

/** Mocha's root hooks: whatever test files shared is taken down once, at the end. */
export const mochaHooks = { afterAll: endShared };
