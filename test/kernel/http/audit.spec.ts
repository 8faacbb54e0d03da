import { expect } from "chai";
import { serverAudits } from "graphql-http";
import { World } from "./world.js";

describe("GraphQL over HTTP", () => {
  const world = new World();
  before(() => world.open());
  after(() => world.door.close());

  const audits = serverAudits({ url: () => world.url });

  it("is checked by all 61 audits of graphql-http", () => {
    expect(audits).to.have.length(61);
  });

  for (const audit of audits) {
    it(`${audit.id} ${audit.name}`, async () => {
      const result = await audit.fn();
      expect(result.status, "reason" in result ? result.reason : undefined).to.equal("ok");
    });
  }
});
