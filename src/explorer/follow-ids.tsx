import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect } from "react";
import { fill, idsIn } from "./ids";

/**
 * Carries ids from tab to tab: what a mutation has just made (`createModel { model { id } }`) goes into the
 * variables of that name (`modelId`) in all other tabs, so that the journey needs no copying.
 */
export function FollowIds() {
  const { tabs, active } = useGraphiQL((state) => ({ tabs: state.tabs, active: state.activeTabIndex }));
  const actions = useGraphiQLActions();
  const response = tabs[active]?.response;
  useEffect(() => {
    const ids = idsIn(response ?? "");
    const followed = tabs.map((tab, index) =>
      index === active ? tab : { ...tab, variables: fill(tab.variables, ids) },
    );
    // Moving is the one action that takes all tabs at once; without a change it would only reset the cursor.
    if (followed.some((tab, index) => tab.variables !== tabs[index]?.variables)) actions.moveTab(followed);
    // An answer is followed once, when it comes: later edits of the variables are the person's own.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [response]);
  return null;
}
