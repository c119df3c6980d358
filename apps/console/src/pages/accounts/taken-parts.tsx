import { PartList, PartRow } from './part-list.js';

interface TakenPartsProps {
  readonly parts: readonly { readonly node: number; readonly amount: string }[];
  readonly amount: string;
  readonly currency: string;
}

/** What each datacenter gives to a pay-out. */
export function TakenParts({ parts, amount, currency }: TakenPartsProps) {
  return (
    <PartList>
      {parts.map(({ node, amount: taken }) => (
        <PartRow key={node} node={node} amount={taken} currency={currency} total={amount} />
      ))}
    </PartList>
  );
}
