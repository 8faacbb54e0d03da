import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "chai";
import { World } from "../../support/world.js";

describe("a door that closes", () => {
  it("does not wait for a connection that never asked anything", async () => {
    const world = await World.start();
    const socket = connect(Number(new URL(world.url).port), "127.0.0.1");
    await once(socket, "connect");
    const closed = once(socket, "close");
    // Cut by the time limit, the connection would be closed as well, but by a reset after ten seconds.
    let stopped = false;
    const stopping = world.stop().then(() => (stopped = true));
    await closed;
    expect(stopped).to.equal(false);
    await stopping;
  });
});
