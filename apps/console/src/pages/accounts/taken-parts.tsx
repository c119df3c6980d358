import { Money } from '../../components/value.js';
import { datacenter } from '../../format.js';
import { shareOf } from './account.js';

interface TakenPartsProps {
  readonly parts: readonly { readonly node: number; readonly amount: string }[];
  readonly amount: string;
  readonly currency: string;
}

/** What each datacenter gives to a pay-out, with its share as a bar. */
export function TakenParts({ parts, amount, currency }: TakenPartsProps) {
  return (
    <ul className="parts">
      {parts.map(({ node, amount: taken }) => (
        <li key={node}>
          <div className="part-head">
            <strong>{datacenter(node)}</strong>
            <Money amount={taken} currency={currency} />
          </div>
          <svg className="share" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
            <rect className="share-all" width="100" height="4" />
            <rect className="share-part" width={shareOf(taken, amount) * 100} height="4" />
          </svg>
        </li>
      ))}
    </ul>
  );
}
