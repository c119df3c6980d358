import { useState, type FormEvent } from 'react';
import { useJson } from '../../api.js';
import { Button } from '../../components/button.js';
import { Fact, FactList } from '../../components/fact.js';
import { Field } from '../../components/field.js';
import { SearchForm } from '../../components/form.js';
import { Icon } from '../../components/icon.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import textStyles from '../../components/text.module.css';
import { Id, Money, Time } from '../../components/value.js';
import { datacenter, words } from '../../format.js';
import { go, Link } from '../../router.js';
import styles from './pay-ins.module.css';

interface PayIn {
  readonly commandId: string;
  readonly status: 'accepted' | 'applied' | 'parked' | 'rejected';
  readonly node: number;
  readonly accountId?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly reference?: string;
  readonly appliedAt?: string;
  readonly parkedAt?: string;
  readonly rejectedAt?: string;
  readonly reason?: string;
  readonly detail?: string;
}

const meanings: Readonly<Record<PayIn['status'], { tone: Tone; meaning: string }>> = {
  accepted: { tone: 'quiet', meaning: 'In the topic, not applied yet.' },
  applied: { tone: 'good', meaning: 'Credited.' },
  parked: { tone: 'warn', meaning: 'Its account is not known here yet; it is tried again.' },
  rejected: {
    tone: 'bad',
    meaning: 'It will not be credited as it is: there is a dead letter of it.',
  },
};

interface Wanted {
  readonly commandId: string;
  readonly receipt: string;
}

interface PayInsPageProps extends Wanted {
  readonly title: string;
}

/** What became of a pay-in. */
export function PayInsPage({ title, commandId, receipt }: PayInsPageProps) {
  return (
    <Page title={title} lead="What became of one: look it up by the id of its command.">
      <PayInSearch key={commandId + receipt} commandId={commandId} receipt={receipt} />
      {commandId === '' ? (
        <Panel title="Outcome">
          <Empty title="No command looked up yet" icon="search">
            Ask the datacenter that accepted it: others know it only once it is replicated.
          </Empty>
        </Panel>
      ) : (
        <Outcome commandId={commandId} receipt={receipt} />
      )}
    </Page>
  );
}

function PayInSearch({ commandId, receipt }: Wanted) {
  const [id, setId] = useState(commandId);
  const [given, setGiven] = useState(receipt);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const query = new URLSearchParams({ commandId: id.trim() });
    if (given.trim() !== '') query.set('receipt', given.trim());
    go(`pay-ins?${query.toString()}`);
  };
  return (
    <SearchForm role="search" onSubmit={submit}>
      <Field label="Command id" value={id} onText={setId} placeholder="a UUID" required />
      <Field
        label="Receipt, if there is one"
        value={given}
        onText={setGiven}
        placeholder="1-4-1724"
      />
      <Button type="submit" look="main">
        <Icon name="search" /> Look up
      </Button>
    </SearchForm>
  );
}

function Outcome({ commandId, receipt }: Wanted) {
  const query = receipt === '' ? '' : `?receipt=${encodeURIComponent(receipt)}`;
  const path = `/v1/pay-ins/${encodeURIComponent(commandId)}${query}`;
  const { data, problem, isLoading, reload } = useJson<PayIn>(path);
  return (
    <Panel title="Outcome">
      {isLoading && <Loading what="the pay-in" />}
      {problem?.kind === 'not-found' ? (
        <Empty title="Never seen here" icon="search">
          {problem.message}.
        </Empty>
      ) : (
        problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />
      )}
      {data !== undefined && <Facts payIn={data} />}
    </Panel>
  );
}

function Facts({ payIn }: { readonly payIn: PayIn }) {
  const { status, accountId, amount, currency, reference, reason, detail } = payIn;
  const { tone, meaning } = meanings[status];
  const at = payIn.appliedAt ?? payIn.parkedAt ?? payIn.rejectedAt;
  return (
    <>
      <p className={styles.outcome}>
        <Status tone={tone}>{status}</Status> {meaning}
      </p>
      <FactList>
        <Fact term="Command">
          <Id value={payIn.commandId} label="command id" />
        </Fact>
        <Fact term="Datacenter">{datacenter(payIn.node)}</Fact>
        {at !== undefined && (
          <Fact term={`${status[0]!.toUpperCase()}${status.slice(1)}`}>
            <Time at={at} />
          </Fact>
        )}
        {amount !== undefined && currency !== undefined && (
          <Fact term="Amount">
            <Money amount={amount} currency={currency} />
          </Fact>
        )}
        {accountId !== undefined && (
          <Fact term="Account">
            <Link to={`accounts/${accountId}`}>{accountId}</Link>
          </Fact>
        )}
        {reference !== undefined && (
          <Fact term="Reference">
            <span className={textStyles.breakable}>{reference}</span>
          </Fact>
        )}
        {reason !== undefined && <Fact term="Reason">{words(reason)}</Fact>}
        {detail !== undefined && <Fact term="Detail">{detail}</Fact>}
      </FactList>
    </>
  );
}
