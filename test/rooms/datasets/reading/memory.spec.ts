import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { readTable, TableProfiler } from "../../../../src/rooms/datasets/reading/index.js";
import { csv } from "./support.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const megabyte = 1024 * 1024;

/** Live bytes on the heap and in buffers. */
async function live(): Promise<number> {
  // The memory of buffers is given back by a task that follows the collection.
  for (let round = 0; round < 2; round++) {
    collect();
    await setImmediate();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** 20 MB of rows that never repeat: numbers, identifiers, classes, long quoted texts. */
async function* generated(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("number,identifier,class,text\n");
  for (let row = 0, bytes = 0; bytes < 20 * megabyte; ) {
    const rows = Array.from({ length: 500 }, () => {
      row++;
      return `${row / 7},identifier-number-${row},class ${row % 5},"text, ${"of some length ".repeat(20)}${row}"\n`;
    });
    const chunk = Buffer.from(rows.join(""));
    bytes += chunk.length;
    yield chunk;
  }
}

describe("datasets: memory", () => {
  it("stays the same over 20 MB read and profiled", async function () {
    this.timeout(120_000);
    const { columns, batches } = await readTable(generated(), csv);
    const profiler = new TableProfiler(columns);
    const samples: number[] = [];
    let count = 0;
    for await (const batch of batches) {
      for (const row of batch) profiler.add(row);
      if (count++ % 60 === 20) samples.push(await live());
    }
    const [first = 0, ...later] = samples;
    expect(later).to.have.length.greaterThan(4);
    expect((Math.max(...later) - first) / megabyte, "MiB grown").to.be.lessThan(8);
    const kinds = profiler.profile().columns.map(({ kind }) => kind);
    expect(kinds).to.deep.equal(["NUMBER", "TEXT", "CATEGORY", "TEXT"]);
  });

  it("keeps no line alive for the sake of one of its cells", async () => {
    async function* wide() {
      yield Buffer.from("identifier,text\n");
      for (let row = 0; row < 900; row++)
        yield Buffer.from(`identifier-number-${row},${"x".repeat(60_000)}\n`);
    }
    const { columns, batches } = await readTable(wide(), csv);
    const profiler = new TableProfiler(columns);
    const before = await live();
    for await (const batch of batches) for (const row of batch) profiler.add(row);
    expect(((await live()) - before) / megabyte, "MiB kept of 51").to.be.lessThan(5);
    expect(profiler.profile().columns[0]).to.include({ distinct: 900, kind: "TEXT" });
  });
});
