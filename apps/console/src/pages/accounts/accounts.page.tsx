import { useState, type FormEvent } from 'react';
import { useJson } from '../../api.js';
import { Button } from '../../components/button.js';
import { Field } from '../../components/field.js';
import { SearchForm } from '../../components/form.js';
import { Icon } from '../../components/icon.js';
import { Page } from '../../components/page.js';
import { Pager } from '../../components/pager.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { Time } from '../../components/value.js';
import { datacenter } from '../../format.js';
import { go, Link } from '../../router.js';
import type { Account } from './account.js';

const columns: readonly Column<Account>[] = [
  {
    title: 'Account',
    cell: ({ accountId }) => <Link to={`accounts/${accountId}`}>{accountId}</Link>,
  },
  {
    title: 'User name',
    cell: ({ username }) => <span className={textStyles.breakable}>{username}</span>,
  },
  { title: 'Currency', cell: ({ currency }) => currency },
  { title: 'Opened at', cell: ({ homeNode }) => datacenter(homeNode) },
  { title: 'Opened', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: 'State',
    cell: ({ state }) => <AccountStatus state={state} />,
  },
];

function AccountStatus({ state }: Pick<Account, 'state'>) {
  if (state === 'frozen') return <Status tone="warn">frozen</Status>;
  return (
    <Status
      tone={state === 'deleted' ? 'quiet' : 'good'}
      icon={state === 'deleted' ? 'bin' : 'check'}
    >
      {state}
    </Status>
  );
}

interface AccountsPageProps {
  readonly title: string;
  readonly username: string;
}

/** By id at once, by user name through a search: it is not unique. */
export function AccountsPage({ title, username }: AccountsPageProps) {
  return (
    <Page title={title} lead="Find one by its id or by its user name.">
      <AccountSearch username={username} />
      {username === '' ? (
        <Panel title="Found">
          <Empty title="Nothing looked for yet" icon="search">
            An account opened at another datacenter is known here once replicated.
          </Empty>
        </Panel>
      ) : (
        <Results key={username} username={username} />
      )}
    </Page>
  );
}

function AccountSearch({ username }: { readonly username: string }) {
  const [wantedText, setWantedText] = useState(username);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = wantedText.trim();
    if (/^[1-9]\d*$/.test(wanted)) go(`accounts/${wanted}`);
    else if (wanted !== '') go(`accounts?username=${encodeURIComponent(wanted)}`);
  };
  return (
    <SearchForm role="search" onSubmit={submit}>
      <Field label="Account id or user name" value={wantedText} onText={setWantedText} required />
      <Button type="submit" look="main">
        <Icon name="search" /> Find
      </Button>
    </SearchForm>
  );
}

interface Page {
  readonly accounts: readonly Account[];
  readonly nextCursor: string | null;
}

function Results({ username }: { readonly username: string }) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const path = `/v1/accounts?username=${encodeURIComponent(username)}${cursor ? `&cursor=${cursor}` : ''}`;
  const { data, problem, isLoading, reload } = useJson<Page>(path);
  const next = data?.nextCursor ?? null;
  return (
    <Panel title={`Named “${username}”`}>
      {isLoading && <Loading what="accounts" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && data.accounts.length === 0 && (
        <Empty title="Nobody of that name is known here" icon="search" />
      )}
      {data !== undefined && data.accounts.length > 0 && (
        <Table
          caption="Accounts"
          columns={columns}
          rows={data.accounts}
          keyOf={({ accountId }) => accountId}
        />
      )}
      <Pager
        cursors={cursors}
        next={next}
        onTurn={setCursors}
        words={['Earlier page', 'Next page']}
      />
    </Panel>
  );
}
