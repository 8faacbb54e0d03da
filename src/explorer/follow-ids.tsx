import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { fill, fillEmpty, type Ids, idsIn } from "./ids";
import { newestIds } from "./newest";
import { useServices, useSession } from "./session/context";

/**
 * Carries ids from tab to tab: what a mutation has just made (`createModel { model { id } }`) goes into the
 * variables of that name (`modelId`) in all other tabs, so that the journey needs no copying. Whoever signs in to a
 * tenant that has models and datasets finds theirs in the variables that are empty.
 */
export function FollowIds() {
  const { tabs, active } = useGraphiQL((state) => ({ tabs: state.tabs, active: state.activeTabIndex }));
  const actions = useGraphiQLActions();
  const newest = useNewest();
  const filledFor = useRef(newest.tenant);
  const response = tabs[active]?.response;
  const follow = (filled: typeof fill, ids: Ids): void => {
    // The open tab's variables are in the person's hands.
    const moved = tabs.map((tab, index) =>
      index === active ? tab : { ...tab, variables: filled(tab.variables, ids) },
    );
    // Moving is the one action that takes all tabs at once; without a change it would only reset the cursor.
    if (moved.some((tab, index) => tab.variables !== tabs[index]?.variables)) actions.moveTab(moved);
  };
  // At once with the render: what is typed in between would make the open tab another than the one here, which
  // GraphiQL does not find among those moved, and fails.
  useLayoutEffect(() => {
    follow(fill, idsIn(response ?? ""));
    // An answer is followed once, when it comes: later edits of the variables are the person's own.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [response]);
  useLayoutEffect(() => {
    if (newest.tenant === undefined) return;
    // Ids of the tenant before mean nothing here.
    const isAnother = filledFor.current !== undefined && filledFor.current !== newest.tenant;
    filledFor.current = newest.tenant;
    follow(isAnother ? fill : fillEmpty, newest.ids);
    // Once as well: who empties a variable wants it empty.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [newest]);
  return null;
}

interface Newest {
  /** Its slug; undefined until somebody of a tenant has signed in. */
  tenant?: string;
  ids: Ids;
}

const nothing: Newest = { ids: {} };

/** Ids of what the tenant has, asked for at each sign-in. */
function useNewest(): Newest {
  const { session } = useServices();
  const { identity, epoch } = useSession();
  const [newest, setNewest] = useState(nothing);
  const tenant = identity?.tenant;
  useEffect(() => {
    let isCurrent = true;
    if (tenant !== undefined) void newestIds(session).then((ids) => isCurrent && setNewest({ tenant, ids }));
    return () => {
      isCurrent = false;
    };
  }, [session, tenant, epoch]);
  return newest;
}
