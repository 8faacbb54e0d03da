import { useGraphiQLActions } from "@graphiql/react";
import icon from "./icon.svg";
import { accountPlugin } from "./plugins";
import { useServices, useSession } from "./session/context";

/** The bar above the editors: whose explorer this is, and as whom its requests are made. */
export function Header() {
  return (
    <header className="tenfold-header">
      <img src={icon} alt="" width="22" height="22" />
      <h1>
        Tenfold <span>explorer</span>
      </h1>
      <WhoIsIn />
    </header>
  );
}

/** Always in sight, since a mutation run as the wrong tenant can't be taken back. */
function WhoIsIn() {
  const { signedIn, identity } = useSession();
  const { session } = useServices();
  const actions = useGraphiQLActions();
  if (!signedIn) return <button onClick={() => actions.setVisiblePlugin(accountPlugin)}>Sign in</button>;
  return (
    <>
      <span className="tenfold-identity">
        <strong>{identity?.tenant ?? "operator"}</strong> {identity?.name}
      </span>
      <button onClick={() => void session.signOut()}>Sign out</button>
    </>
  );
}
