import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type Coverage, misses, readGoals, table } from "../../scripts/check/coverage.js";
import { root } from "../../scripts/root.js";

const share = (covered: number, total: number) => ({ covered, total, pct: (100 * covered) / total });
const file = "src/kernel/wall.ts";
const goals = { strict: true, lines: 90, wholeBranches: { isolation: [file] } };

const covered = (lines: number, branches: number): Coverage => ({
  summary: {
    total: { lines: share(lines, 100), branches: share(branches, 4) },
    [file]: { lines: share(lines, 100), branches: share(branches, 4) },
  },
  details: {
    [file]: { b: { "0": [1], "1": [0] }, branchMap: { "1": { loc: { start: { line: 7 } } } } },
  },
});

describe("coverage goals", () => {
  it("are met by enough lines and every branch", () => {
    expect(misses(covered(90, 4), goals)).to.deep.equal([]);
  });

  it("are missed by a line too few", () => {
    expect(misses(covered(89, 4), goals)[0]).to.contain("89 % of all lines");
  });

  it("are missed by a branch, with the place", () => {
    const [miss] = misses(covered(90, 3), goals);
    expect(miss).to.match(/^isolation: src\/kernel\/wall\.ts .* at lines 7$/);
  });

  it("are missed by a file that no spec loaded", () => {
    const unloaded = { wholeBranches: { tokens: ["src/unknown.ts"] } };
    expect(misses(covered(90, 4), { ...goals, ...unloaded })[0]).to.contain("lines all");
  });

  it("name files that exist", () => {
    const named = Object.values(readGoals().wholeBranches).flat();
    expect(named.filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
  });

  it("are shown folder by folder, the total last", () => {
    const lines = table(covered(50, 4)).split("\n");
    expect(lines).to.deep.equal(["   50.0 %  src/kernel", "   50.0 %  total"]);
  });
});
