/**
 * Characters that no name or label may hold: control characters and line breaks, those that turn the direction of the
 * text around (they make one name look like another; Unicode TR 36, 2.10) and halves of surrogate pairs.
 */
export const hiddenCharacters = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;

/** Whether each character of a text is seen for what it is. */
export const isPlainlySeen = (text: string): boolean => text.search(hiddenCharacters) < 0;
