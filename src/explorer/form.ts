/** What was typed into a field of a form; empty where the form has no such field, or a file in it. */
export function typed(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === "string" ? value : "";
}
