import { Field, Int, ObjectType, registerEnumType } from "type-graphql";
import { ColourMode } from "../../kernel/images/index.js";
import type { ImageProfile, LabelCount } from "./images/profile.js";

registerEnumType(ColourMode, {
  name: "ColourMode",
  description: "What the pixels of an image file hold.",
  valuesConfig: {
    GREY: { description: "Brightness alone." },
    GREY_ALPHA: { description: "Brightness and opacity." },
    RGB: { description: "Red, green and blue." },
    RGBA: { description: "Red, green, blue and opacity." },
    PALETTE: { description: "Numbers of colours in a table of the file's own." },
    CMYK: { description: "Inks, as in files for print." },
  },
});

@ObjectType({ description: "A label and how many images have it." })
export class ImageLabelCount implements LabelCount {
  @Field() label!: string;
  @Field(() => Int) count!: number;
}

@ObjectType({ description: "A colour mode and how many images are in it." })
export class ImageModeCount {
  @Field(() => ColourMode) mode!: ColourMode;
  @Field(() => Int) count!: number;
}

@ObjectType({ description: "What is known of an archive of images after all of them were decoded." })
export class ImageArchiveProfile implements ImageProfile {
  @Field(() => Int) count!: number;
  @Field(() => [ImageLabelCount], { description: "By descending count." }) labels!: ImageLabelCount[];
  @Field(() => [ImageModeCount], { description: "By descending count." }) modes!: ImageModeCount[];
  @Field(() => Int, { description: "In pixels." }) minimumWidth!: number;
  @Field(() => Int) maximumWidth!: number;
  @Field(() => Int) minimumHeight!: number;
  @Field(() => Int) maximumHeight!: number;
  @Field(() => Int, { description: "Images that repeat an earlier one, byte by byte." }) duplicates!: number;
  @Field(() => Int, {
    description: "Of those, images whose earlier one is in the other part of the default split.",
  })
  duplicatesAcrossSplit!: number;
  @Field(() => Int, {
    description: "Of the duplicates, images that have another label than the earlier one.",
  })
  conflictingLabels!: number;
}
