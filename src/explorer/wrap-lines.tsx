import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

/** Wraps long lines in every editor: the tabs explain themselves in comments, which a narrow pane would cut. */
export function WrapLines() {
  const editors = useGraphiQL(({ queryEditor, variableEditor, responseEditor }) => ({
    queryEditor,
    variableEditor,
    responseEditor,
  }));
  const { queryEditor, variableEditor, responseEditor } = editors;
  useEffect(() => {
    for (const editor of [queryEditor, variableEditor, responseEditor])
      editor?.updateOptions({ wordWrap: "on" });
  }, [queryEditor, variableEditor, responseEditor]);
  return null;
}
