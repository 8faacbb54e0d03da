import { expect } from "chai";
import fc from "fast-check";
import { StopText } from "../../../../src/rooms/learning/generation/stop-text.js";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 40 });
const stops = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 }), {
  maxLength: 3,
});

/** What is shown of a text that comes in pieces of these lengths. */
function shownOf(text: string, lengths: readonly number[], wanted: readonly string[]): string[] {
  const stop = new StopText(wanted);
  const shown: string[] = [];
  let at = 0;
  for (const length of [...lengths, text.length]) {
    shown.push(stop.push(text.slice(at, at + length)));
    at += length;
    if (stop.stopped) return shown;
  }
  return [...shown, stop.rest()];
}

const beforeFirst = (text: string, wanted: readonly string[]): string => {
  const places = wanted.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length > 0 ? text.slice(0, Math.min(...places)) : text;
};

describe("generation: stop texts", () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 });

  it("end a text that came at once where the first of them begins", () => {
    fc.assert(
      fc.property(letters, stops, (text, wanted) => {
        expect(shownOf(text, [], wanted).join("")).to.equal(beforeFirst(text, wanted));
      }),
    );
  });

  it("are never shown, however the text came in pieces", () => {
    fc.assert(
      fc.property(letters, lengths, stops, (text, cuts, wanted) => {
        const shown = shownOf(text, cuts, wanted).join("");
        for (const stop of wanted) expect(shown).to.not.include(stop);
        expect(text.startsWith(shown)).to.equal(true);
      }),
    );
  });

  it("one alone ends a text at the same place, however it came in pieces", () => {
    const one = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(letters, lengths, one, (text, cuts, wanted) => {
        expect(shownOf(text, cuts, [wanted]).join("")).to.equal(beforeFirst(text, [wanted]));
      }),
    );
  });

  it("hold nothing back that can't begin one", () => {
    expect(shownOf("some text", [4], ["###"])).to.deep.equal(["some", " text", ""]);
    expect(shownOf("a # b ## c", [4, 4], ["###"])).to.deep.equal(["a # ".slice(0, 4), "b ", "## c", ""]);
  });
});
