import { Button } from "@graphiql/react";
import { type SubmitEvent, useState } from "react";
import { typed } from "../form";
import { useServices, useSession } from "./context";

/** The pane to sign in, and to see as whom requests are made. */
export function Account() {
  const { signedIn } = useSession();
  return <div className="tenfold-account">{signedIn ? <SignedIn /> : <SignIn />}</div>;
}

/** The role is shown because it explains most refusals that a person meets. */
function SignedIn() {
  const { identity } = useSession();
  const { session } = useServices();
  return (
    <>
      <h2>Signed in</h2>
      <dl>
        <dt>Who</dt>
        <dd>{identity?.name ?? "…"}</dd>
        <dt>Tenant</dt>
        <dd>{identity?.tenant ?? "none (operator)"}</dd>
        {identity?.role && (
          <>
            <dt>Role</dt>
            <dd>{identity.role}</dd>
          </>
        )}
      </dl>
      <p className="tenfold-hint">The session is renewed by itself and ends with this browser tab.</p>
      <Button onClick={() => void session.signOut()}>Sign out</Button>
    </>
  );
}

/** A key serves those whose sign-in needs a second factor or another provider, which this form does not do. */
type Way = "password" | "key";

function SignIn() {
  const { notice } = useSession();
  const [way, setWay] = useState<Way>("password");
  const { submit, error, busy } = useSignIn(way);
  return (
    <form onSubmit={submit}>
      <h2>Sign in</h2>
      <fieldset className="tenfold-ways">
        <legend>Sign in with</legend>
        <Choice way="password" chosen={way} choose={setWay} label="Password" />
        <Choice way="key" chosen={way} choose={setWay} label="API key" />
      </fieldset>
      {way === "password" ? <PasswordFields /> : <KeyField />}
      <Button type="submit" className="tenfold-submit" disabled={busy}>
        {busy ? "Signing in …" : "Sign in"}
      </Button>
      {/* Always in the page, so that screen readers announce the text when it appears. */}
      <p className="tenfold-error" role="alert">
        {error ?? notice}
      </p>
    </form>
  );
}

function Choice(props: { way: Way; chosen: Way; choose: (way: Way) => void; label: string }) {
  const { way, chosen, choose, label } = props;
  return (
    <label>
      <input type="radio" name="way" checked={way === chosen} onChange={() => choose(way)} />
      {label}
    </label>
  );
}

function PasswordFields() {
  return (
    <>
      <label>
        Tenant
        <input
          name="tenant"
          autoComplete="organization"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="demo"
        />
        <span className="tenfold-hint">Leave empty for the operator.</span>
      </label>
      <label>
        E-mail
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
    </>
  );
}

function KeyField() {
  return (
    <label>
      API key
      <input name="key" type="password" autoComplete="off" spellCheck={false} required />
      <span className="tenfold-hint">The key knows its tenant. Make one with createApiKey.</span>
    </label>
  );
}

function useSignIn(way: Way) {
  const { session } = useServices();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    // Pasted with a blank at the end they would be refused; a password may well end with one.
    const text = (name: string) => typed(form, name).trim();
    setBusy(true);
    setError(undefined);
    const done =
      way === "key"
        ? session.useApiKey(text("key"))
        : session.signIn(text("tenant"), text("email"), typed(form, "password"));
    done.catch((reason: Error) => setError(reason.message)).finally(() => setBusy(false));
  };
  return { submit, error, busy };
}
