import { Status, type Tone } from '../../components/status.js';
import { Table, type Column } from '../../components/table.js';
import textStyles from '../../components/text.module.css';
import { Money, Time } from '../../components/value.js';
import { classNames } from '../../class-names.js';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { words } from '../../format.js';
import type { IconName } from '../../components/icon.js';
import { Link } from '../../router.js';
import { Choose } from './choose.js';
import { letterPath, type Letter, type LetterStatus } from './letter.js';
import styles from './letter-table.module.css';

const looks: Readonly<Record<LetterStatus, { tone: Tone; icon: IconName }>> = {
  open: { tone: 'warn', icon: 'letter' },
  replayed: { tone: 'good', icon: 'replay' },
  corrected: { tone: 'good', icon: 'pen' },
  discarded: { tone: 'quiet', icon: 'bin' },
};

export function LetterState({ status }: { readonly status: LetterStatus }) {
  const { tone, icon } = looks[status];
  return (
    <Status tone={tone} icon={icon}>
      {status}
    </Status>
  );
}

export function LetterAmount({ amount, currency }: Pick<Letter, 'amount' | 'currency'>) {
  if (amount === null) return <>–</>;
  return <Money amount={amount} currency={currency ?? ''} />;
}

interface LetterTableProps {
  readonly letters: readonly Letter[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
}

export function LetterTable({ letters, chosen, onChosen }: LetterTableProps) {
  const { to } = useDatacenter();
  const choose = (id: string, isChosen: boolean): void => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    onChosen(next);
  };
  const columns: readonly Column<Letter>[] = [
    {
      title: 'Letter',
      cell: ({ id, status }) => (
        <Choose
          label={`Choose ${id}`}
          disabled={status !== 'open'}
          isChosen={chosen.has(id)}
          onChoose={(isChosen) => choose(id, isChosen)}
        >
          <Link to={to(letterPath(id))} className={textStyles.breakable}>
            {id}
          </Link>
        </Choose>
      ),
    },
    { title: 'Received', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
    {
      title: 'Reason',
      isWide: true,
      cell: ({ reason, detail }) => (
        <>
          {words(reason)}
          <span className={classNames(styles.detail, textStyles.small, textStyles.breakable)}>
            {detail}
          </span>
        </>
      ),
    },
    {
      title: 'Account',
      cell: ({ accountId }) =>
        accountId === null ? '–' : <Link to={`accounts/${accountId}`}>{accountId}</Link>,
    },
    {
      title: 'Amount',
      isNumber: true,
      cell: (letter) => <LetterAmount amount={letter.amount} currency={letter.currency} />,
    },
    { title: 'Status', cell: ({ status }) => <LetterState status={status} /> },
  ];
  return <Table caption="Dead letters" columns={columns} rows={letters} keyOf={({ id }) => id} />;
}
