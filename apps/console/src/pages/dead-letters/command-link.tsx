import textStyles from '../../components/text.module.css';
import { useDatacenter } from '../../datacenters/use-datacenter.js';
import { Link } from '../../router.js';

/** What became of a command is told where it was taken: elsewhere it would be "never seen here". */
export function CommandLink({ commandId }: { readonly commandId: string }) {
  const { isOwn } = useDatacenter();
  if (!isOwn) return <span className={textStyles.breakable}>{commandId}</span>;
  return (
    <Link to={`pay-ins?commandId=${commandId}`} className={textStyles.breakable}>
      {commandId}
    </Link>
  );
}

export function LookUp({ commandId }: { readonly commandId: string }) {
  const { isOwn } = useDatacenter();
  return isOwn ? <Link to={`pay-ins?commandId=${commandId}`}>look up</Link> : null;
}
