import { ConfigError } from "../kernel/config.js";
import { EmbeddedPostgresError, systemCode } from "../kernel/database/embedded/errors.js";
import type { Config } from "../kernel/config.js";

const listening: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is in use. Stop what uses it, or choose another, for example: PORT=${port + 1} npm start`,
  EACCES: (_host, port) =>
    `This user may not listen on port ${port}. Choose one from 1024 on, for example: PORT=4000 npm start`,
  EADDRNOTAVAIL: (host) =>
    `HOST is ${host}, which is no address of this machine. Leave it out, or use 0.0.0.0.`,
};

/** Postgres error codes of a connection that was refused for a reason (PostgreSQL manual, appendix A). */
const refusedByDatabase = /^(28|3D|42501|53300|57P03)/;

/**
 * One sentence for the person at the terminal about what kept Tenfold from starting; undefined where it is our
 * mistake and the stack is what helps.
 */
export function sentenceOf(error: unknown, config: Config | undefined): string | undefined {
  if (error instanceof ConfigError || error instanceof EmbeddedPostgresError) return error.message;
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined || !config) return undefined;
  if ("syscall" in error && error.syscall === "listen") return listening[code]?.(config.host, config.port);
  if ("path" in error) return aboutFile(String(error.path), code);
  if (config.databaseUrl !== undefined) return aboutDatabase(config.databaseUrl, code, error);
  return undefined;
}

function aboutFile(path: string, code: string): string | undefined {
  if (["EACCES", "EPERM", "EROFS"].includes(code))
    return `This user may not write ${path} (${code}). Start as its owner, or choose another folder with TENFOLD_DATA.`;
  if (["EEXIST", "ENOTDIR"].includes(code))
    return `A file is where a folder is needed: ${path}. Choose another folder with TENFOLD_DATA.`;
  if (["ENOSPC", "EDQUOT"].includes(code))
    return `The disk that holds ${path} is full. Free some space and start again.`;
  return undefined;
}

/** The address without what it may hold of secrets. */
function aboutDatabase(databaseUrl: string, code: string, error: Error): string | undefined {
  const { hostname, port, pathname } = new URL(databaseUrl);
  const place = `${hostname}:${port || 5432}${pathname}`;
  if (/^E[A-Z_]+$/.test(code))
    return `The database at ${place} can't be reached (${code}). Check DATABASE_URL and that it runs.`;
  if (refusedByDatabase.test(code)) return `The database at ${place} refuses us: ${error.message}.`;
  return undefined;
}
