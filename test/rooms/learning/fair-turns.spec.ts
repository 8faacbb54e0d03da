import { expect } from "chai";
import fc from "fast-check";
import { type EndTurn, FairTurns, WaitingRoom } from "../../../src/rooms/learning/fair-turns.js";

describe("learning: turns before a prediction thread", () => {
  /** Turns that are begun, in order, with how each is ended. */
  function line(limits = { most: 4, mostForOne: 2 }) {
    const turns = new FairTurns(limits);
    const begun: { owner: string; end: EndTurn }[] = [];
    const take = (owner: string): void => turns.take(owner, (end) => begun.push({ owner, end }));
    const owners = () => begun.map(({ owner }) => owner).join("");
    return { take, begun, owners };
  }

  it("begin at once where there is room, and never all for one owner", () => {
    const { take, owners } = line();
    for (let count = 0; count < 10; count++) take("a");
    expect(owners()).to.equal("aa");
    take("b");
    take("c");
    take("c");
    expect(owners()).to.equal("aabc");
  });

  it("go round between owners, however many one has waiting", () => {
    const { take, begun, owners } = line({ most: 1, mostForOne: 1 });
    for (let count = 0; count < 5; count++) take("a");
    take("b");
    take("c");
    take("b");
    for (let at = 0; at < begun.length; at++) begun[at]?.end();
    expect(owners()).to.equal("aabcabaa");
  });

  it("leave others theirs where one's hang", () => {
    const { take, begun, owners } = line();
    take("a");
    take("a");
    for (let count = 0; count < 6; count++) take("b");
    for (let at = 2; at < begun.length; at++) begun[at]?.end();
    expect(owners()).to.equal("aabbbbbb");
  });

  it("are all begun, each once, within the limits, in whatever order they end", () => {
    const asks = fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(
        asks,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (steps, most, mostForOne) => {
          const { take, begun } = line({ most, mostForOne });
          let ended = 0;
          const endNext = (): void => {
            begun[ended]?.end();
            // A turn ended twice must not make room twice.
            begun[ended]?.end();
            if (ended < begun.length) ended += 1;
          };
          for (const [owner, ends] of steps) {
            take(owner);
            const running = begun.slice(ended).map((turn) => turn.owner);
            expect(running.length).to.be.at.most(most);
            for (const each of running)
              expect(running.filter((other) => other === each).length).to.be.at.most(mostForOne);
            if (ends) endNext();
          }
          while (ended < begun.length) endNext();
          const count = (list: readonly string[], owner: string) =>
            list.filter((each) => each === owner).length;
          for (const owner of ["a", "b", "c", "d"])
            expect(
              count(
                begun.map((turn) => turn.owner),
                owner,
              ),
            ).to.equal(
              count(
                steps.map(([each]) => each),
                owner,
              ),
            );
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("learning: the waiting room before them", () => {
  const refusal = (work: () => unknown) => {
    try {
      work();
      return null;
    } catch (error) {
      return error as { code: string; extensions: Record<string, unknown> };
    }
  };

  it("has room for so many requests and bytes of one owner, whatever others have", () => {
    const room = new WaitingRoom({ requests: 2, bytes: 100 });
    const leave = room.enter("a", 60);
    expect(refusal(() => room.enter("a", 50))?.code).to.equal("RATE_LIMITED");
    room.enter("a", 40);
    const full = refusal(() => room.enter("a", 0));
    expect(full?.code).to.equal("RATE_LIMITED");
    expect(full?.extensions["retryAfterSeconds"]).to.equal(1);
    expect(refusal(() => room.enter("b", 100))).to.equal(null);
    leave();
    expect(refusal(() => room.enter("a", 60))).to.equal(null);
  });
});
