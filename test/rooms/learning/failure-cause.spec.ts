import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { badInput, Internal } from "../../../src/kernel/errors.js";
import {
  TrainingBroken,
  TrainingCrashed,
  TrainingDataUnusable,
  TrainingDiverged,
  TrainingLimitExceeded,
} from "../../../src/rooms/learning/errors.js";
import {
  causeOf,
  causeOfCode,
  declaredMemory,
  type Exit,
  failureCauses,
  oomKills,
  outOfMemory,
  outOfTime,
  ranOutOfMemory,
} from "../../../src/rooms/learning/failure-cause.js";

describe("learning: causes of failures", () => {
  it("follow from the declared errors", () => {
    expect(causeOf(new TrainingDiverged())).to.equal("DIVERGED");
    expect(causeOf(new TrainingDataUnusable())).to.equal("BAD_DATA");
    expect(causeOf(badInput("a", "b"))).to.equal("BAD_SETTINGS");
    expect(causeOf(new TrainingCrashed())).to.equal("CRASHED");
    expect(causeOf(new TrainingBroken())).to.equal("INTERNAL");
    expect(causeOf(new Internal())).to.equal("INTERNAL");
    expect(causeOf(outOfMemory())).to.equal("OUT_OF_MEMORY");
    expect(causeOf(outOfTime())).to.equal("OUT_OF_TIME");
    expect(causeOf(new TrainingLimitExceeded())).to.equal("OUT_OF_MEMORY");
  });

  it("follow from the code alone where nothing else was kept", () => {
    expect(causeOfCode("TRAINING_DIVERGED")).to.equal("DIVERGED");
    expect(causeOfCode("DATASET_NOT_READY")).to.equal("BAD_DATA");
    expect(causeOfCode("SOMETHING_ELSE")).to.equal("INTERNAL");
    for (const code of ["TRAINING_CRASHED", "TRAINING_BROKEN", "INTERNAL"])
      expect(failureCauses).to.include(causeOfCode(code));
  });

  it("know what libraries say when memory is out, and leave every other error as it is", () => {
    for (const words of ["Array buffer allocation failed", "memory access out of bounds", "Out of memory"])
      expect(declaredMemory(new RangeError(words))).to.be.instanceOf(TrainingLimitExceeded);
    const other = new TypeError("x is not a function");
    expect(declaredMemory(other)).to.equal(other);
    const declared = new TrainingDiverged("out of memory in name only");
    expect(declaredMemory(declared)).to.equal(declared);
  });

  const exit: Exit = { code: null, signal: null, output: "", killsBefore: 3 };

  it("take an abort at the heap's limit for want of memory, and another abort for a crash", () => {
    const output = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
    expect(ranOutOfMemory({ ...exit, signal: "SIGABRT", output }, 3)).to.equal(true);
    expect(ranOutOfMemory({ ...exit, code: 134, output }, 3)).to.equal(true);
    expect(ranOutOfMemory({ ...exit, signal: "SIGABRT" }, 3)).to.equal(false);
    expect(ranOutOfMemory({ ...exit, code: 1, output }, 3)).to.equal(false);
  });

  it("take a SIGKILL for want of memory only where the system says that it killed for that", () => {
    expect(ranOutOfMemory({ ...exit, signal: "SIGKILL" }, 4)).to.equal(true);
    expect(ranOutOfMemory({ ...exit, signal: "SIGKILL" }, 3)).to.equal(false);
    expect(ranOutOfMemory({ ...exit, signal: "SIGKILL", killsBefore: null }, 4)).to.equal(false);
    expect(ranOutOfMemory({ ...exit, signal: "SIGKILL" }, null)).to.equal(false);
  });

  it("read the system's count, and know nothing where there is none", () => {
    const directory = mkdtempSync(join(tmpdir(), "tenfold-vmstat-"));
    const file = join(directory, "vmstat");
    writeFileSync(file, "nr_free_pages 12\noom_kill 7\npgfault 3\n");
    expect(oomKills(file)).to.equal(7);
    writeFileSync(file, "nr_free_pages 12\n");
    expect(oomKills(file)).to.equal(null);
    expect(oomKills(join(directory, "none"))).to.equal(null);
    rmSync(directory, { recursive: true });
  });
});
