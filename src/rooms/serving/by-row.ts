/** Types whose models take rows together, as a history or a beginning, and answer no row by itself. */
const notByRow: ReadonlySet<string> = new Set(["TIME_SERIES", "TEXT_GENERATION"]);

export const answersByRow = (type: string): boolean => !notByRow.has(type);
