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

  for (const path of ["/graphql", "/nowhere"])
    it(`refuses a body for ${path} that does not come, long before it would cut the connection`, async () => {
      const world = await World.start();
      const socket = connect(Number(new URL(world.url).port), "127.0.0.1");
      let answer = "";
      socket.on("data", (chunk) => (answer += String(chunk)));
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`,
      );
      // What the server has of the request shows in nothing; its answer to another one comes after it.
      expect((await fetch(`${world.url}/healthz`)).status).to.equal(200);
      const closed = once(socket, "close");
      const stopping = world.stop();
      await closed;
      // Cut by the time limit there would be no answer.
      expect(answer).to.match(/^HTTP\/1\.1 408 /);
      expect(answer.toLowerCase()).to.contain("connection: close");
      await stopping;
    });
});
