import { expect } from "chai";
import { Turns } from "../../src/kernel/turns.js";

describe("turns", () => {
  it("run work under one key one after the other, and under another without waiting", async () => {
    const turns = new Turns();
    const events: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.take("a", async () => {
      await gate.promise;
      events.push("first");
    });
    const second = turns.take("a", async () => events.push("second"));
    await turns.take("b", async () => events.push("other"));
    gate.resolve();
    await Promise.all([first, second]);
    expect(events).to.deep.equal(["other", "first", "second"]);
  });

  it("go on after a failure, which reaches its own caller alone", async () => {
    const turns = new Turns();
    const failing = turns.take("a", () => Promise.reject(new Error("no")));
    const next = turns.take("a", async () => "yes");
    expect(await failing.catch((error: Error) => error.message)).to.equal("no");
    expect(await next).to.equal("yes");
  });
});
