import { readdirSync } from "node:fs";

/** The programs of a folder by file name; each file exports one called `program`. A new one enters by existing. */
export async function catalogue<Program>(folder: URL): Promise<Map<string, Program>> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".js"))
    .sort();
  const programs = new Map<string, Program>();
  for (const file of files) {
    const { program } = (await import(new URL(file, folder).href)) as { program: Program };
    programs.set(file.slice(0, -".js".length), program);
  }
  return programs;
}

/** The programs named, or all; says what there is and ends the process when a name is unknown. */
export function choose<Program extends { summary: string }>(
  programs: Map<string, Program>,
  names: readonly string[],
): [name: string, program: Program][] {
  const known = names.length > 0 && names.every((name) => programs.has(name));
  if (!known) {
    console.error("Name one or more of these:");
    for (const [name, { summary }] of programs) console.error(`  ${name.padEnd(14)}${summary}`);
    process.exit(2);
  }
  return [...programs].filter(([name]) => names.includes(name));
}
