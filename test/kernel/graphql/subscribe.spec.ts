import { expect } from "chai";
import { buildSchema, type ExecutionResult, parse } from "graphql";
import { subscribeAfresh } from "../../../src/kernel/graphql/subscribe.js";

const schema = buildSchema("type Query { a: Int } type Subscription { tick: Int  nothing: Int }");
const field = schema.getSubscriptionType()?.getFields().tick;
Object.assign(field ?? {}, { resolve: (_event: unknown, _arguments: unknown, context: number) => context });

/** A source that never ends by itself and tells when it was let go. */
class Source implements AsyncIterableIterator<unknown> {
  returned = false;

  next(): Promise<IteratorResult<unknown>> {
    return Promise.resolve({ done: this.returned, value: {} });
  }

  return(): Promise<IteratorResult<unknown>> {
    this.returned = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

describe("subscribeAfresh", () => {
  async function open(renew: (context: number) => Promise<number>, source = new Source()) {
    Object.assign(field ?? {}, { subscribe: () => source });
    const stream = await subscribeAfresh(
      { schema, document: parse("subscription { tick }"), contextValue: 1 },
      renew,
    );
    if (!("next" in stream)) throw new Error("no stream");
    return { stream, source };
  }

  it("executes every event with a context made for it", async () => {
    let made = 10;
    const { stream } = await open(async () => ++made);
    const values: unknown[] = [];
    for await (const { data } of stream) if (values.push(data?.tick) === 3) break;
    expect(values).to.deep.equal([11, 12, 13]);
  });

  it("ends with the error of renew and lets the source go", async () => {
    const { stream, source } = await open(() => Promise.reject(new Error("ended")));
    const thrown = await stream.next().catch((error: Error) => error.message);
    expect(thrown).to.equal("ended");
    expect(source.returned).to.equal(true);
  });

  it("lets the source go when it is returned, thrown into or disposed of", async () => {
    for (const end of ["return", "throw", "dispose"]) {
      const { stream, source } = await open(async (context) => context);
      if (end === "return") await stream.return();
      if (end === "throw") await stream.throw(new Error("x")).catch(() => undefined);
      if (end === "dispose") await stream[Symbol.asyncDispose]();
      expect(source.returned, end).to.equal(true);
      expect((await stream.next()).done).to.equal(true);
    }
  });

  it("gives a result with errors when there is no stream", async () => {
    const refused = { subscribe: () => Promise.reject(new Error("refused")) };
    Object.assign(schema.getSubscriptionType()?.getFields().nothing ?? {}, refused);
    const document = parse("subscription { nothing }");
    const renew = async (context: number) => context;
    const result = (await subscribeAfresh({ schema, document, contextValue: 1 }, renew)) as ExecutionResult;
    expect(result.errors).to.have.length(1);
  });
});
