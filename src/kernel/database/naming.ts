import { DefaultNamingStrategy } from "typeorm";

const snakeCase = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

/** Properties are camelCase in TypeScript and snake_case in Postgres. */
export class SnakeNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string, prefixes: string[]): string {
    return [...prefixes.map(snakeCase), custom || snakeCase(property)].join("_");
  }

  override joinColumnName(relation: string, referenced: string): string {
    return `${snakeCase(relation)}_${snakeCase(referenced)}`;
  }
}
