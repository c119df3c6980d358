import { datacenter } from '../format.js';
import { useOverview } from '../live/use-overview.js';
import { usePlace } from '../router.js';
import { apiAt, chosenNode, linkAt } from '../datacenter.js';

export interface ChosenDatacenter {
  /** Undefined until this console knows its own. */
  readonly node: number | undefined;
  readonly isOwn: boolean;
  readonly name: string;
  readonly api: (path: string) => string;
  readonly to: (place: string) => string;
}

/** The datacenter that the address names, else that of this console. */
export function useDatacenter(): ChosenDatacenter {
  const { query } = usePlace();
  const { overview } = useOverview();
  const chosen = chosenNode(query);
  const node = chosen ?? overview?.node;
  return {
    node,
    isOwn: chosen === undefined || chosen === overview?.node,
    name: node === undefined ? 'this datacenter' : datacenter(node),
    api: (path) => apiAt(chosen, path),
    to: (place) => linkAt(chosen, place),
  };
}
