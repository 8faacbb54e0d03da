import "reflect-metadata";
import { expect } from "chai";
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsEmail,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  validateSync,
} from "class-validator";
import { inOurWords } from "../../../src/kernel/graphql/constraint-words.js";
import { validationFaults } from "../../../src/kernel/graphql/invalid-fields.js";

class Input {
  @Min(1) epochs = 0;
  @Min(1e-7) learningRate = 0;
  @Max(4_096) batchSize = 5_000;
  @Min(1, { each: true }) shape = [0];
  @Length(1, 128) target = "";
  @MaxLength(1) letter = "ab";
  @MaxLength(3, { each: true }) features = ["long"];
  @ArrayMinSize(1) none: string[] = [];
  @ArrayMaxSize(2) many = [1, 2, 3];
  @ArrayUnique() versions = ["1.0.0", "1.0.0"];
  @IsEmail() email = "nobody";
  @Matches(/^\d+$/, { message: "Write a number." }) number = "x";
}

describe("what broken rules are called", () => {
  it("says what is allowed, as the layers' own rules do, and never how a library puts it", () => {
    const faults = validationFaults({ extensions: { validationErrors: validateSync(new Input()) } });
    expect(Object.fromEntries((faults ?? []).map(({ path, message }) => [path, message]))).to.deep.equal({
      epochs: "It must be at least 1.",
      learningRate: "It must be at least 0.0000001.",
      batchSize: "It must be at most 4,096.",
      shape: "Each entry must be at least 1.",
      target: "It must have at least 1 character.",
      letter: "It must have at most 1 character.",
      features: "Each entry must have at most 3 characters.",
      none: "It must have at least 1 entry.",
      many: "It must have at most 2 entries.",
      versions: "It names something twice. Name each once.",
      email: "It must be an e-mail address, such as ada@example.com.",
      number: "Write a number.",
    });
  });

  it("leaves a rule's own sentence as it is", () => {
    expect(inOurWords("slug: use letters")).to.equal("slug: use letters");
  });
});
