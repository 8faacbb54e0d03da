import { expect } from "chai";
import { DownloadSlots } from "../../../src/rooms/serving/download-slots.js";
import {
  formatDownloadToken,
  newDownloadSecret,
  parseDownloadToken,
} from "../../../src/rooms/serving/download-token.js";
import { newId } from "../../../src/kernel/clock.js";

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "none";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
};

describe("serving: places for downloads", () => {
  const limits = { most: 3, mostForOne: 2, longestMs: 1_000 };

  it("are few for one tenant and for all, and free again when a download ends", () => {
    const slots = new DownloadSlots(limits);
    const first = slots.take("a");
    slots.take("a");
    expect(codeOf(() => slots.take("a"))).to.equal("RATE_LIMITED");
    const last = slots.take("b");
    expect(codeOf(() => slots.take("c"))).to.equal("UNAVAILABLE");
    first();
    last();
    expect(codeOf(() => slots.take("a"))).to.equal("none");
    expect(codeOf(() => slots.take("c"))).to.equal("none");
    expect(codeOf(() => slots.take("b"))).to.equal("UNAVAILABLE");
  });
});

describe("serving: tokens of downloads", () => {
  const token = { tenantId: newId("tenant"), downloadId: newId("download"), secret: newDownloadSecret() };

  it("say tenant and record, and fit into a path", () => {
    const text = formatDownloadToken(token);
    expect(parseDownloadToken(text)).to.deep.equal(token);
    expect(text.length).to.be.at.most(100);
  });

  it("are nothing else", () => {
    const text = formatDownloadToken(token);
    for (const wrong of ["", "tdn_", text.slice(1), `${text}A`, text.replace("tdn", "tup"), `${text}\n`])
      expect(parseDownloadToken(wrong), wrong).to.equal(null);
  });
});
