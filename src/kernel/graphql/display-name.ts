import { Matches } from "class-validator";

/**
 * 1 to 200 characters that a person can see: no control characters, none that turn the direction of the text around
 * (they make one name look like another), no halves of surrogate pairs, no blanks at the ends.
 */
const visible = /^(?!\s)(?!.*\s$)[^\p{Cc}\p{Cs}\p{Bidi_Control}]{1,200}$/u;

/** A name that people give and read: of a model, a dataset, a person, a tenant, a key. */
export const IsDisplayName = (): PropertyDecorator =>
  Matches(visible, {
    message: "$property: use 1 to 200 visible characters, without tabs, line breaks or blanks at the ends",
  });
