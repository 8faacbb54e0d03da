/** An error whose sentence is all there is to say: GraphiQL prints the stack of any other into the answer. */
export function told(sentence: string): Error {
  return Object.defineProperty(new Error(sentence), "stack", { value: undefined });
}
