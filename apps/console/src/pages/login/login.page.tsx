import { useState, type FormEvent } from 'react';
import { Button } from '../../components/button.js';
import { LongField } from '../../components/field.js';
import { Form } from '../../components/form.js';
import { Icon } from '../../components/icon.js';
import { Note } from '../../components/note.js';
import { Page } from '../../components/page.js';
import { ThemeSwitch } from '../../components/theme-switch.js';
import { mayLook } from '../../scopes.js';
import { logIn, readToken } from '../../session.js';
import styles from './login.module.css';

/** A token is pasted; it stays in this tab. */
export function LoginPage({ notice }: { readonly notice: string | undefined }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const session = readToken(text);
    if (session === undefined)
      return setError('That is not a token: one has three parts with dots.');
    if (!mayLook(session.scopes)) {
      return setError(`The token of ${session.client} lacks the scope operator:read.`);
    }
    if (session.expiresAt !== undefined && session.expiresAt.getTime() < Date.now()) {
      return setError(`The token expired on ${session.expiresAt.toLocaleString()}.`);
    }
    return logIn(session);
  };
  const said = error ?? notice;
  return (
    <main className={styles.login} id="content">
      <div className={styles.card}>
        <div className={styles.brand}>
          <Icon name="overview" size={22} /> Billing console
          <ThemeSwitch />
        </div>
        <Page
          title="Sign in"
          lead="With a token that has the scope operator:read, and operator:act to mend."
        >
          {said !== undefined && (
            <Note tone="warn" role="alert" icon="alert" className={styles.said}>
              <p>{said}</p>
            </Note>
          )}
          <Form onSubmit={submit}>
            <LongField
              label="Token"
              rows={5}
              required
              value={text}
              onText={setText}
              hint={
                <>
                  On a development cluster <code>npx billing token</code> prints one. It is kept in
                  this tab only, until you sign out or close it.
                </>
              }
            />
            <Button type="submit" look="main">
              Sign in
            </Button>
          </Form>
        </Page>
      </div>
    </main>
  );
}
