import { useJson } from '../../api.js';
import { Fact, FactList } from '../../components/fact.js';
import { Page } from '../../components/page.js';
import { Panel, PanelPair } from '../../components/panel.js';
import { Empty, Loading, ProblemNote } from '../../components/states.js';
import { Status, type Tone } from '../../components/status.js';
import textStyles from '../../components/text.module.css';
import { Id, Time, Total } from '../../components/value.js';
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
  readonly refunded?: string;
}

const tones: Readonly<Record<PayOut['status'], Tone>> = {
  pending: 'warn',
  committed: 'good',
  rejected: 'bad',
};

/** One pay-out: what was decided, and what each datacenter gave. */
export function PayOutPage({ title, id }: { readonly title: string; readonly id: string }) {
  const { data, problem, isLoading, reload } = useJson<PayOut>(
    `/v1/pay-outs/${encodeURIComponent(id)}`,
  );
  return (
    <Page title={title} lead={<Id value={id} label="pay-out id" />}>
      {isLoading && <Loading what="the pay-out" />}
      {problem !== undefined && <ProblemNote problem={problem} onRetry={reload} />}
      {data !== undefined && (
        <PanelPair>
          <Decision payOut={data} />
          <Parts payOut={data} />
        </PanelPair>
      )}
    </Page>
  );
}

function Decision({ payOut }: { readonly payOut: PayOut }) {
  const { status, amount, currency, accountId, reference, createdAt, decidedAt } = payOut;
  const { rejection, refunded } = payOut;
  return (
    <Panel title="Decision" aside={<Status tone={tones[status]}>{status}</Status>}>
      <Total amount={amount} currency={currency} />
      <FactList>
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
            <span className={textStyles.breakable}>{reference}</span>
          </Fact>
        )}
        {rejection !== undefined && <Fact term="Refused as">{rejection}</Fact>}
        {refunded !== undefined && (
          <Fact term="Refunded">
            {refunded} {currency}
          </Fact>
        )}
      </FactList>
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
