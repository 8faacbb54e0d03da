import "reflect-metadata";
import { connect } from "node:net";
import { expect } from "chai";
import { ArrayMinSize, IsInt, IsString, ValidateNested, validate } from "class-validator";
import { GraphQLError } from "graphql";
import { pino } from "pino";
import { ArgumentValidationError } from "type-graphql";
import {
  finestCode,
  NotFound,
  PersistedOperationNotFound,
  TenfoldError,
} from "../../../src/kernel/errors.js";
import { formatError } from "../../../src/kernel/graphql/format-error.js";
import { isOutage } from "../../../src/kernel/graphql/outage.js";
import { unusedPort } from "../http/world.js";

class Layer {
  @IsInt() units: unknown = "many";
}

class Architecture {
  @ValidateNested({ each: true }) @ArrayMinSize(1) layers = [
    Object.assign(new Layer(), { units: 4 }),
    new Layer(),
  ];
}

class CreateModel {
  @IsString() name: unknown = 7;
  @ValidateNested() architecture = new Architecture();
}

/** As node-postgres and TypeORM throw: a code, and what the caller sent. */
class DriverError extends Error {
  constructor(
    readonly code: string,
    message = "canary",
  ) {
    super(message);
  }
  detail = "Key (email)=(canary@example.com) already exists.";
  parameters = ["canary"];
}

describe("formatError", () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const format = (error: unknown) => formatError(error, "r1", { log });
  const located = (originalError: Error) =>
    new GraphQLError(originalError.message, { originalError, path: ["a", 0] });
  beforeEach(() => lines.splice(0));

  it("passes declared errors with code, details, path and request id", () => {
    const shown = format(located(new NotFound("No such model.", { hint: "x" })));
    expect(shown).to.deep.equal({
      message: "No such model.",
      path: ["a", 0],
      extensions: { code: "NOT_FOUND", hint: "x", requestId: "r1" },
    });
    expect(lines).to.deep.equal([]);
  });

  it("turns class-validator's findings into fields, nested and indexed, without the values", async () => {
    const findings = await validate(new CreateModel());
    const shown = format(located(new ArgumentValidationError(findings)));
    expect(shown.extensions?.code).to.equal("BAD_USER_INPUT");
    expect(shown.extensions?.fields).to.deep.equal([
      { path: "name", message: "name must be a string" },
      { path: "architecture.layers.1.units", message: "units must be an integer number" },
    ]);
    expect(shown.extensions).not.to.have.property("validationErrors");
    expect(JSON.stringify(shown)).not.to.include("many");
  });

  it("puts the category of an error before its finer code, which stays its code", () => {
    const error = new PersistedOperationNotFound();
    expect(error.code).to.equal("PERSISTED_OPERATION_NOT_FOUND");
    expect(format(located(error)).extensions).to.deep.equal({
      code: "NOT_FOUND",
      reason: "PERSISTED_OPERATION_NOT_FOUND",
      requestId: "r1",
    });
    expect(finestCode(error)).to.equal(error.code);
    expect(finestCode(new NotFound())).to.equal("NOT_FOUND");
  });

  it("masks everything else, and logs only name, message, code and stack", () => {
    for (const error of [new Error("canary"), new DriverError("23505"), "canary", null, { canary: true }]) {
      const shown = format(error instanceof Error ? located(error) : error);
      expect(shown.extensions).to.deep.equal({ code: "INTERNAL", requestId: "r1" });
      expect(JSON.stringify(shown)).not.to.include("canary");
    }
    expect(lines).to.have.length(5);
    expect(lines.join(""))
      .to.include("stack")
      .and.not.to.include("canary@example.com")
      .and.not.to.include("parameters");
  });

  it("masks a GraphQLError that a resolver made by itself", () => {
    expect(format(located(new GraphQLError("canary"))).extensions?.code).to.equal("INTERNAL");
  });

  it("asks the error map first, and believes its null", () => {
    const errorMap = (error: Error) =>
      Object(error).code === "23505" ? new TenfoldError("MODEL_NAME_TAKEN", "Taken.") : null;
    const mapped = (error: Error) => formatError(located(error), "r1", { log, errorMap }).extensions?.code;
    expect(mapped(new DriverError("23505"))).to.equal("MODEL_NAME_TAKEN");
    expect(mapped(new DriverError("23503"))).to.equal("INTERNAL");
  });

  it("says UNAVAILABLE when database or disk are gone", () => {
    for (const code of ["ECONNREFUSED", "57P01", "53300", "53100", "08006", "ENOSPC", "25006"]) {
      expect(format(located(new DriverError(code))).extensions?.code, code).to.equal("UNAVAILABLE");
    }
    expect(lines.join("")).to.include("unavailable").and.not.to.include("parameters");
  });
});

describe("isOutage", () => {
  it("knows a connection really refused", async () => {
    const port = await unusedPort();
    const error = await new Promise((resolve) => connect(port, "127.0.0.1").on("error", resolve));
    expect(isOutage(error)).to.equal(true);
    expect(isOutage(new AggregateError([error]))).to.equal(true);
  });

  it("looks through the errors that wrap it, even in a ring", () => {
    const inner = new DriverError("57P01");
    expect(isOutage(Object.assign(new Error("query failed"), { driverError: inner }))).to.equal(true);
    expect(isOutage(new Error("outer", { cause: new Error("middle", { cause: inner }) }))).to.equal(true);
    const ring = new Error("ring");
    ring.cause = ring;
    expect(isOutage(ring)).to.equal(false);
  });

  it("is not everything", () => {
    for (const error of [new DriverError("23505"), new DriverError("42601"), new Error("x"), null, "57P01"]) {
      expect(isOutage(error)).to.equal(false);
    }
    expect(isOutage(new Error("Connection terminated unexpectedly"))).to.equal(true);
  });
});
