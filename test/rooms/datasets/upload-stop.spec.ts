import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "chai";
import { World } from "../../support/world.js";
import { create, find, put } from "./support.js";

describe("datasets: uploads when the server stops", () => {
  const begin = async (world: World, uploadUrl: string): Promise<Socket> => {
    const socket = connect(Number(new URL(world.url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(`PUT ${uploadUrl} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\na,b\n1,2\n`);
    return socket;
  };

  const allOf = async (socket: Socket): Promise<string> => {
    let text = "";
    socket.on("data", (data) => (text += data.toString()));
    await once(socket, "close");
    return text;
  };

  it("ends those that stand still, with an answer, and does not wait for them to be cut", async () => {
    const world = await World.start();
    const { owner } = await world.tenant("halting");
    const { uploadUrl } = await create(owner, {});
    const socket = await begin(world, uploadUrl);
    const answer = allOf(socket);
    await wait(1_500);
    await world.stop();
    // Cut by the time limit of the drain, the connection would be closed without an answer.
    expect(await answer)
      .to.match(/^HTTP\/1.1 503 /)
      .and.to.include("about to stop");
  });

  it("cuts those that were answered and go on sending", async () => {
    const world = await World.start();
    const { owner } = await world.tenant("lingering");
    const { id, uploadUrl } = await create(owner, {});
    await put(world, uploadUrl, "a\n1\n");
    expect(await find(owner, id, "status")).to.deep.equal({ status: "READY" });
    const socket = await begin(world, uploadUrl);
    const [first] = (await once(socket, "data")) as [Buffer];
    expect(first.toString()).to.match(/^HTTP\/1.1 409 /);
    let stopped = false;
    const closed = once(socket, "close");
    const stopping = world.stop().then(() => (stopped = true));
    await closed;
    expect(stopped).to.equal(false);
    await stopping;
  });
});
