import { expect } from "chai";
import { GenerationSlots } from "../../../../src/rooms/serving/generation/slots.js";

describe("serving: places of texts", () => {
  it("are so many for each tenant, whatever others have", () => {
    const places = new GenerationSlots(2);
    const [first] = [places.take("a"), places.take("a"), places.take("b")];
    expect(() => places.take("a")).to.throw("2 texts are being written");
    first();
    places.take("a");
    expect(() => places.take("a")).to.throw("2 texts are being written");
    places.take("b");
    expect(() => places.take("b")).to.throw("2 texts are being written");
  });

  it("are given back once, however often that is said", () => {
    const places = new GenerationSlots(1);
    const leave = places.take("a");
    leave();
    const again = places.take("a");
    leave();
    expect(() => places.take("a")).to.throw("1 texts are being written");
    again();
    expect(() => places.take("a")).not.to.throw();
  });
});
