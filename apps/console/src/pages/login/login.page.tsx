import { useState, type FormEvent } from 'react';
import { Icon } from '../../components/icon.js';
import { Page } from '../../components/page.js';
import { ThemeSwitch } from '../../components/theme-switch.js';
import { logIn, readToken } from '../../session.js';

/** A token is pasted; it stays in this tab. */
export function LoginPage({ notice }: { readonly notice: string | undefined }) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const session = readToken(text);
    if (session === undefined)
      return setFault('That is not a token: one has three parts with dots.');
    if (!session.scopes.includes('operator')) {
      return setFault(`The token of ${session.client} lacks the scope operator.`);
    }
    if (session.expiresAt !== undefined && session.expiresAt.getTime() < Date.now()) {
      return setFault(`The token expired on ${session.expiresAt.toLocaleString()}.`);
    }
    return logIn(session);
  };
  const said = fault ?? notice;
  return (
    <main className="login" id="content">
      <div className="login-card">
        <div className="login-brand">
          <Icon name="overview" size={22} /> Billing console
          <ThemeSwitch />
        </div>
        <Page title="Sign in" lead="With a token that has the scope operator.">
          {said !== undefined && (
            <div className="note note-warn" role="alert">
              <Icon name="alert" />
              <p>{said}</p>
            </div>
          )}
          <form onSubmit={submit} className="stack">
            <div className="field">
              <label htmlFor="token">Token</label>
              <textarea
                id="token"
                rows={5}
                spellCheck={false}
                autoComplete="off"
                required
                value={text}
                onChange={(event) => setText(event.target.value)}
                aria-describedby="token-hint"
              />
              <p id="token-hint" className="hint">
                On a development cluster <code>npx billing token</code> prints one. It is kept in
                this tab only, until you sign out or close it.
              </p>
            </div>
            <button type="submit" className="button button-main">
              Sign in
            </button>
          </form>
        </Page>
      </div>
    </main>
  );
}
