import { datacenter } from '../format.js';
import styles from './datacenter-name.module.css';

interface DatacenterNameProps {
  readonly node: number;
  /** Whether it is the one of this console. */
  readonly isOwn: boolean;
}

export function DatacenterName({ node, isOwn }: DatacenterNameProps) {
  return (
    <>
      {datacenter(node)}
      {isOwn && <span className={styles.own}> here</span>}
    </>
  );
}
