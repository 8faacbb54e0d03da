import { readdirSync } from "node:fs";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

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

/** The command line, or what is wrong with it. */
function parsed<Options extends ParseArgsOptionsConfig>(options: Options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The programs that the command line names, and its options. Says what there is and ends the process where it names
 * none or an unknown one, or cannot be read.
 */
export function choose<Program extends { summary: string }, Options extends ParseArgsOptionsConfig>(
  programs: Map<string, Program>,
  options: Options,
) {
  const asked = parsed(options);
  if (typeof asked !== "string") {
    const { values, positionals: names } = asked;
    const isKnown = names.length > 0 && names.every((name) => programs.has(name));
    if (isKnown) return { values, chosen: [...programs].filter(([name]) => names.includes(name)) };
  } else console.error(asked);
  const width = Math.max(...[...programs.keys()].map((name) => name.length)) + 2;
  console.error("Name one or more of these:");
  for (const [name, { summary }] of programs) console.error(`  ${name.padEnd(width)}${summary}`);
  console.error(
    `Options: ${Object.keys(options)
      .map((name) => `--${name}`)
      .join(", ")}`,
  );
  return process.exit(2);
}
