import { useJson } from '../../api.js';
import { Fact } from '../../components/fact.js';
import { Page } from '../../components/page.js';
import { Panel } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import { Id, Money, Time } from '../../components/value.js';
import { Link } from '../../router.js';
import { TakenParts } from '../accounts/taken-parts.js';

interface PayOut {
  readonly payOutId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly status: 'pending' | 'committed' | 'rejected';
  readonly parts: readonly { readonly node: number; readonly amount: string }[];
  readonly reference?: string;
  readonly createdAt: string;
  readonly decidedAt?: string;
  readonly rejection?: string;
}

const tones: Readonly<Record<PayOut['status'], Tone>> = {
  pending: 'warn',
  committed: 'good',
  rejected: 'bad',
};

/** One pay-out: what was decided, and what each datacenter gave. */
export function PayOutPage({ id }: { readonly id: string }) {
  const { data, problem, isLoading, reload } = useJson<PayOut>(
    `/v1/pay-outs/${encodeURIComponent(id)}`,
  );
  return (
    <Page title="Pay-out" lead={<Id value={id} label="pay-out id" />}>
      {isLoading && <Loading what="the pay-out" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && (
        <div className="account-top">
          <Decision payOut={data} />
          <Parts payOut={data} />
        </div>
      )}
    </Page>
  );
}

function Decision({ payOut }: { readonly payOut: PayOut }) {
  const { status, amount, currency, accountId, reference, createdAt, decidedAt, rejection } =
    payOut;
  return (
    <Panel title="Decision" aside={<Status tone={tones[status]}>{status}</Status>}>
      <p className="total">
        <Money amount={amount} currency={currency} />
      </p>
      <dl className="facts-list">
        <Fact term="Account">
          <Link to={`accounts/${accountId}`}>{accountId}</Link>
        </Fact>
        <Fact term="Asked">
          <Time at={createdAt} />
        </Fact>
        <Fact term="Decided">
          <Time at={decidedAt} />
        </Fact>
        {reference !== undefined && (
          <Fact term="Reference">
            <span className="breakable">{reference}</span>
          </Fact>
        )}
        {rejection !== undefined && <Fact term="Refused as">{rejection}</Fact>}
      </dl>
    </Panel>
  );
}

function Parts({ payOut: { parts, amount, currency } }: { readonly payOut: PayOut }) {
  return (
    <Panel title="What each datacenter gave">
      {parts.length === 0 && <Empty title="Nothing was taken anywhere" icon="drain" />}
      <TakenParts parts={parts} amount={amount} currency={currency} />
    </Panel>
  );
}
