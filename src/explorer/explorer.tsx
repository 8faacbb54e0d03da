import { GraphiQL } from "graphiql";
import { useMemo } from "react";
import { FollowIds } from "./follow-ids";
import { FollowSystemTheme } from "./follow-system-theme";
import { Header } from "./header";
import { journey } from "./journey";
import { accountPlugin, plugins } from "./plugins";
import { useServices, useSession } from "./session/context";
import { storage } from "./storage";
import { WrapLines } from "./wrap-lines";

/** Scalars that take objects: without these the variables editor calls every row of a prediction a mistake. */
const objectScalars = { JSON: {}, JSONObject: {} };

/** GraphiQL as Tenfold serves it: the journey in its tabs, the account pane open until someone is signed in. */
export function Explorer() {
  const { signedIn, epoch } = useSession();
  const { graph } = useServices();
  // What the schema shows depends on the viewer; a new fetcher makes GraphiQL ask for it again.
  // oxlint-disable-next-line react/exhaustive-deps
  const fetcher = useMemo(() => graph.createFetcher(), [graph, epoch]);
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      defaultTabs={journey}
      plugins={plugins}
      visiblePlugin={signedIn ? undefined : accountPlugin}
      customScalarSchemas={objectScalars}
      // Whoever types an authorization into the headers expects it to be gone with the page.
      shouldPersistHeaders={false}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
    >
      {/* The header says whose explorer this is; the logo's place goes to the tabs. */}
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
      <Header />
      <FollowIds />
      <FollowSystemTheme />
      <WrapLines />
    </GraphiQL>
  );
}
