import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute } from "graphql";

/** A stream as `graphql-ws` reads it. Not an async function*: its `return` would wait for the next event. */
class EventResults implements AsyncGenerator<ExecutionResult, void, void> {
  constructor(
    private readonly source: AsyncIterator<unknown>,
    private readonly answer: (event: unknown) => Promise<ExecutionResult>,
  ) {}

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    const event = await this.source.next();
    if (event.done) return { done: true, value: undefined };
    try {
      return { done: false, value: await this.answer(event.value) };
    } catch (error) {
      // Without this the source would go on collecting events that nobody may read any more.
      await this.source.return?.();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    await this.source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    await this.source.return?.();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/**
 * Runs a subscription. Each event gets a fresh context from `renew`: graphql-js' own `subscribe` keeps the first
 * one for good, so a revoked session would go on receiving. When `renew` throws, the stream ends with that error.
 */
export async function subscribeAfresh<C>(
  args: ExecutionArgs & { contextValue: C },
  renew: (context: C) => Promise<C>,
): Promise<AsyncGenerator<ExecutionResult, void, void> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  return new EventResults(source[Symbol.asyncIterator](), async (event) => {
    const contextValue = await renew(args.contextValue);
    return execute({ ...args, rootValue: event, contextValue });
  });
}
