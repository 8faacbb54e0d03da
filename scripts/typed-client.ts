import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as operationTypes from "@graphql-codegen/typescript-operations";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  print,
  visit,
} from "graphql";

/** The operations of a folder, a file each subject, in the order of their names. */
export function readOperations(folder: string): { location: string; document: DocumentNode }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
  return names.sort().map((name) => ({
    location: name,
    document: parse(readFileSync(join(folder, name), "utf8"), { noLocation: true }),
  }));
}

const scalars = {
  ID: "string",
  DateTime: "string",
  SafeInt: "number",
  JSONObject: "Record<string, unknown>",
};

const header = "// Generated from the schema and schema/operations by `npm run schema`; do not edit.\n";

/** TypeScript of the client: types of inputs and answers, an interface `Sdk`, and the documents it sends. */
export async function typedClient(sdl: string, operationsFolder: string): Promise<string> {
  const code = await codegen({
    filename: "client.ts",
    schema: parse(sdl),
    documents: readOperations(operationsFolder),
    config: { scalars, strictScalars: true, enumType: "string-literal", skipTypename: true },
    plugins: [{ operationTypes: {} }, { sdk: {} }],
    pluginMap: { operationTypes, sdk },
  });
  return `${header}${code}`;
}

type CodegenPlugin = Parameters<typeof codegen>[0]["pluginMap"][string];

/** Codegen's own kit for clients pulls in its previous major; what is needed of it is these few lines. */
const sdk: CodegenPlugin = {
  plugin: (_schema, files) => {
    const definitions = files.flatMap(
      ({ document }: { document?: DocumentNode }) => document?.definitions ?? [],
    );
    const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const fragments = new Map(
      definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
      ),
    );
    const documents = operations.map((node) => {
      const text = [node, ...fragmentsOf(node, fragments)].map(print).join("\n");
      return `  ${nameOf(node)}: ${JSON.stringify(text)},`;
    });
    return `
/** Every operation by its name. Subscriptions answer an iterable that ends with the stream. */
export interface Sdk {
${operations.map(signature).join("\n")}
}

/** The text each of them sends. */
export const documents: Record<keyof Sdk, string> = {
${documents.join("\n")}
};
`;
  },
};

const nameOf = ({ name }: OperationDefinitionNode): string => {
  if (name) return name.value;
  throw new Error("An operation of the client needs a name.");
};

function signature(node: OperationDefinitionNode): string {
  const name = nameOf(node);
  const type = `${capital(name)}${capital(node.operation)}`;
  const required = node.variableDefinitions?.some(
    ({ type: { kind }, defaultValue }) => kind === Kind.NON_NULL_TYPE && !defaultValue,
  );
  const answer = node.operation === OperationTypeNode.SUBSCRIPTION ? "AsyncIterable" : "Promise";
  return `  ${name}(variables${required ? "" : "?"}: ${type}Variables): ${answer}<${type}>;`;
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The fragments an operation needs, those of fragments included, each once. */
function fragmentsOf(
  operation: OperationDefinitionNode,
  all: ReadonlyMap<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = all.get(name.value);
        if (!fragment) throw new Error(`There is no fragment ${name.value}.`);
        if (found.has(fragment)) return;
        found.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return [...found];
}
