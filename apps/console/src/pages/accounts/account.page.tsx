import { useJson } from '../../api.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Loading, ProblemNote } from '../../components/states.js';
import { Status } from '../../components/status.js';
import { Id, Money, Time } from '../../components/value.js';
import { datacenter, formatAmount } from '../../format.js';
import { Link } from '../../router.js';
import { isZero, shareOf, type Account, type Balance, type Part } from './account.js';
import { History } from './history.js';
import { PayOutPreview } from './pay-out-preview.js';

const EVERY_MS = 3_000;

/** One account: what it has where, how it came to it, and what a pay-out would take from whom. */
export function AccountPage({ id }: { readonly id: string }) {
  const path = `/v1/accounts/${encodeURIComponent(id)}`;
  const account = useJson<Account>(path);
  const balance = useJson<Balance>(`${path}/balance`, EVERY_MS);
  const problem = account.problem ?? balance.problem;
  return (
    <Page
      title={`Account ${id}`}
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
          <div className="account-top">
            <BalancePanel balance={balance.data} />
            <PayOutPreview accountId={id} currency={balance.data.currency} />
          </div>
          <History accountId={id} />
        </>
      )}
    </Page>
  );
}

function AccountFacts({ account }: { readonly account: Account }) {
  const { username, currency, deleted, homeNode, createdAt, id } = account;
  return (
    <span className="facts">
      <span className="breakable">{username}</span>
      <span>{currency}</span>
      <span>
        opened at {datacenter(homeNode)}, <Time at={createdAt} />
      </span>
      {deleted && (
        <Status tone="quiet" icon="bin">
          deleted
        </Status>
      )}
      <Id value={id} label="account id" />
    </span>
  );
}

function BalancePanel({ balance }: { readonly balance: Balance }) {
  const { currency, total, spendable, reserved, stranded, parts } = balance;
  return (
    <Panel title="Balance" aside="live">
      <p className="total">
        <Money amount={total} currency={currency} />
      </p>
      <dl className="figures">
        <Figure term="Spendable from here" amount={spendable} />
        <Figure term="Stranded" amount={stranded} tone={isZero(stranded) ? undefined : 'warn'} />
        <Figure term="Reserved" amount={reserved} />
      </dl>
      <ul className="parts">
        {parts.map((part) => (
          <PartRow key={part.node} part={part} total={total} currency={currency} />
        ))}
      </ul>
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
    <div className={tone === undefined ? undefined : `figure-${tone}`}>
      <dt>{term}</dt>
      <dd>{formatAmount(amount)}</dd>
    </div>
  );
}

interface PartRowProps {
  readonly part: Part;
  readonly total: string;
  readonly currency: string;
}

function PartRow({ part, total, currency }: PartRowProps) {
  const share = shareOf(part.balance, total);
  return (
    <li>
      <div className="part-head">
        <strong>{datacenter(part.node)}</strong>
        {!part.reachable ? (
          <Status tone="bad">out of reach</Status>
        ) : (
          <Status tone="good">{part.own ? 'here, exact' : 'replica'}</Status>
        )}
        <Money amount={part.balance} currency={currency} />
      </div>
      <svg className="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="share-all" width="100" height="4" />
        <rect className="share-part" width={share * 100} height="4" />
      </svg>
      <p className="part-more">
        {isZero(part.reserved) ? 'nothing reserved' : `${formatAmount(part.reserved)} reserved`} ·
        as of <Time at={part.asOf} />
      </p>
    </li>
  );
}
