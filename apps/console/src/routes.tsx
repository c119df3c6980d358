import type { ReactNode } from 'react';
import type { IconName } from './components/icon.js';
import { Page } from './components/page.js';
import { drainsInDoubt, known, type NodeSnapshot } from './live/snapshot.js';
import { AccountPage } from './pages/accounts/account.page.js';
import { AccountsPage } from './pages/accounts/accounts.page.js';
import { AuditPage } from './pages/audit/audit.page.js';
import { DeadLettersPage } from './pages/dead-letters/dead-letters.page.js';
import { LetterPage } from './pages/dead-letters/letter.page.js';
import { ParkedPage } from './pages/dead-letters/parked.page.js';
import { DrainsPage } from './pages/drains/drains.page.js';
import { OverviewPage } from './pages/overview/overview.page.js';
import { PayInsPage } from './pages/pay-ins/pay-ins.page.js';
import { PayOutPage } from './pages/pay-outs/pay-out.page.js';
import { matchPath, type Params } from './path-pattern.js';
import { Link, type Place } from './router.js';

/** What a page is given by its address. */
interface Visit {
  readonly title: string;
  readonly params: Params;
  readonly query: URLSearchParams;
  /** Another one is another page, which begins anew. */
  readonly key: string;
}

/** A place in the navigation. */
export interface Entry {
  readonly label: string;
  readonly icon: IconName;
  /** What waits there for a person at one datacenter. */
  readonly waiting?: (snapshot: NodeSnapshot) => number;
  /** Any one of them is too many. */
  readonly isGrave?: boolean;
}

export interface Route {
  /** Below /console; ":id" stands for any step. */
  readonly path: string;
  readonly title: string | ((params: Params) => string);
  readonly page: (visit: Visit) => ReactNode;
  readonly entry?: Entry;
  /** The path of the entry that it is gone to from, where it has none itself. */
  readonly under?: string;
}

/** Every page of the console; those with an entry in the order of the navigation. */
export const routes: readonly Route[] = [
  {
    path: '',
    title: 'Overview',
    page: ({ title }) => <OverviewPage title={title} />,
    entry: { label: 'Overview', icon: 'overview' },
  },
  {
    path: 'accounts',
    title: 'Accounts',
    page: ({ title, query }) => (
      <AccountsPage title={title} username={query.get('username') ?? ''} />
    ),
    entry: { label: 'Accounts', icon: 'account' },
  },
  {
    path: 'accounts/:id',
    title: ({ id }) => `Account ${id}`,
    page: ({ title, params, key }) => <AccountPage key={key} title={title} id={params['id']!} />,
    under: 'accounts',
  },
  {
    path: 'pay-outs/:id',
    title: 'Pay-out',
    page: ({ title, params, key }) => <PayOutPage key={key} title={title} id={params['id']!} />,
    under: 'accounts',
  },
  {
    path: 'pay-ins',
    title: 'Pay-ins',
    page: ({ title, query }) => (
      <PayInsPage
        title={title}
        commandId={query.get('commandId') ?? ''}
        receipt={query.get('receipt') ?? ''}
      />
    ),
    entry: { label: 'Pay-ins', icon: 'payIn' },
  },
  {
    path: 'dead-letters',
    title: 'Dead letters',
    page: ({ title, query }) => <DeadLettersPage title={title} query={query} />,
    entry: {
      label: 'Dead letters',
      icon: 'letter',
      waiting: ({ deadLetters }) => known(deadLetters)?.open ?? 0,
    },
  },
  {
    path: 'dead-letters/:topic/:partition/:offset',
    title: 'Dead letter',
    page: ({ title, params: { topic, partition, offset }, key }) => (
      <LetterPage key={key} title={title} id={`${topic}/${partition}/${offset}`} />
    ),
    under: 'dead-letters',
  },
  {
    path: 'parked',
    title: 'Parked pay-ins',
    page: ({ title, key }) => <ParkedPage key={key} title={title} />,
    under: 'dead-letters',
  },
  {
    path: 'drains',
    title: 'Drains in doubt',
    page: ({ title }) => <DrainsPage title={title} />,
    entry: {
      label: 'Drains',
      icon: 'drain',
      waiting: (snapshot) => drainsInDoubt(snapshot).count,
    },
  },
  {
    path: 'audit',
    title: 'Audit',
    page: ({ title }) => <AuditPage title={title} />,
    entry: {
      label: 'Audit',
      icon: 'audit',
      waiting: ({ audit }) => known(audit)?.open ?? 0,
      isGrave: true,
    },
  },
];

interface Arrival {
  /** The path of the entry that it belongs to; undefined for an address that leads nowhere. */
  readonly section: string | undefined;
  readonly page: ReactNode;
}

/** Where an address leads. */
export function arrive({ path, query }: Place): Arrival {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params === undefined) continue;
    const title = typeof route.title === 'string' ? route.title : route.title(params);
    const key = `${path}?${query.get('node') ?? ''}`;
    const page = route.page({ title, params, query, key });
    return { section: route.under ?? route.path, page };
  }
  return { section: undefined, page: <NoSuchPage /> };
}

function NoSuchPage() {
  return (
    <Page title="No such page" lead="The address leads nowhere.">
      <Link to="">To the overview</Link>
    </Page>
  );
}
