/** Names as the enum object that type-graphql asks for, so that no list of them is written twice. */
export const enumOf = <Name extends string>(names: readonly Name[]): { [Each in Name]: Each } =>
  Object.fromEntries(names.map((name) => [name, name])) as { [Each in Name]: Each };
