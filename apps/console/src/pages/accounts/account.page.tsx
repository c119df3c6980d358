import { useJson } from '../../api.js';
import { Page } from '../../components/page.js';
import { Panel, PanelPair } from '../../components/panel.js';
import { Loading, ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import textStyles from '../../components/text.module.css';
import { Id, Time, Total } from '../../components/value.js';
import { datacenter, formatAmount } from '../../format.js';
import { Link } from '../../router.js';
import { isZero, type Account, type Balance, type Part } from './account.js';
import styles from './account.module.css';
import { History } from './history.js';
import { PartList, PartRow } from './part-list.js';
import { PayOutPreview } from './pay-out-preview.js';

const EVERY_MS = 3_000;

/** One account: what it has where, how it came to it, and what a pay-out would take from whom. */
export function AccountPage({ title, id }: { readonly title: string; readonly id: string }) {
  const path = `/v1/accounts/${encodeURIComponent(id)}`;
  const account = useJson<Account>(path);
  const balance = useJson<Balance>(`${path}/balance`, EVERY_MS);
  const problem = account.problem ?? balance.problem;
  return (
    <Page
      title={title}
      lead={account.data && <AccountFacts account={account.data} />}
      actions={<Link to="accounts">Find another</Link>}
    >
      {account.isLoading && <Loading what={`account ${id}`} />}
      {problem !== undefined && (
        <ProblemNote
          problem={problem}
          onRetry={() => {
            account.reload();
            balance.reload();
          }}
        />
      )}
      {account.data !== undefined && balance.data !== undefined && (
        <>
          <PanelPair>
            <BalancePanel balance={balance.data} />
            <PayOutPreview accountId={id} currency={balance.data.currency} />
          </PanelPair>
          <History accountId={id} />
        </>
      )}
    </Page>
  );
}

function AccountFacts({ account }: { readonly account: Account }) {
  const { username, currency, state, homeNode, createdAt, accountId } = account;
  return (
    <span className={styles.facts}>
      <span className={textStyles.breakable}>{username}</span>
      <span>{currency}</span>
      <span>
        opened at {datacenter(homeNode)}, <Time at={createdAt} />
      </span>
      {state === 'deleted' && (
        <Status tone="quiet" icon="bin">
          deleted
        </Status>
      )}
      {state === 'frozen' && <Status tone="warn">{describeFrozen(account)}</Status>}
      <Id value={accountId} label="account id" />
    </span>
  );
}

function describeFrozen({ debitsFrozen, creditsFrozen }: Account): string {
  if (debitsFrozen && creditsFrozen) return 'frozen';
  return debitsFrozen ? 'debits frozen' : 'credits frozen';
}

function BalancePanel({ balance }: { readonly balance: Balance }) {
  const { currency, total, spendable, reserved, stranded, clawback, parts } = balance;
  return (
    <Panel title="Balance" aside="live">
      <Total amount={total} currency={currency} />
      <dl className={styles.figures}>
        <Figure term="Spendable from here" amount={spendable} />
        <Figure term="Stranded" amount={stranded} tone={isZero(stranded) ? undefined : 'warn'} />
        <Figure term="Reserved" amount={reserved} />
        {!isZero(clawback) && <Figure term="To be taken back" amount={clawback} tone="warn" />}
      </dl>
      <PartList>
        {parts.map((part) => (
          <BalancePart key={part.node} part={part} total={total} currency={currency} />
        ))}
      </PartList>
    </Panel>
  );
}

interface FigureProps {
  readonly term: string;
  readonly amount: string;
  readonly tone?: 'warn' | undefined;
}

function Figure({ term, amount, tone }: FigureProps) {
  return (
    <div data-tone={tone}>
      <dt>{term}</dt>
      <dd>{formatAmount(amount)}</dd>
    </div>
  );
}

interface BalancePartProps {
  readonly part: Part;
  readonly total: string;
  readonly currency: string;
}

function BalancePart({ part, total, currency }: BalancePartProps) {
  const { node, balance, reserved, reachable, own, asOf } = part;
  const status = reachable ? (
    <Status tone="good">{own ? 'here, exact' : 'replica'}</Status>
  ) : (
    <Status tone="bad">out of reach</Status>
  );
  const held = isZero(reserved) ? 'nothing reserved' : `${formatAmount(reserved)} reserved`;
  return (
    <PartRow node={node} amount={balance} currency={currency} total={total} status={status}>
      <p className={textStyles.small}>
        {held} · as of <Time at={asOf} />
      </p>
    </PartRow>
  );
}
