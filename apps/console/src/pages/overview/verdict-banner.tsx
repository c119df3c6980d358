import { Icon, type IconName } from '../../components/icon.js';
import textStyles from '../../components/text.module.css';
import { formatSeconds } from '../../format.js';
import { useNow } from '../../live/use-overview.js';
import type { Level, Verdict } from '../../live/verdict.js';
import { Link } from '../../router.js';
import styles from './verdict-banner.module.css';

const icons: Readonly<Record<Level, IconName>> = { good: 'check', warn: 'alert', bad: 'cross' };
const SILENT_AFTER_MS = 8_000;

interface BannerProps {
  readonly verdict: Verdict;
  readonly heardAtMs: number;
}

/** The sentence at the top: does money flow? */
export function VerdictBanner({ verdict, heardAtMs }: BannerProps) {
  const silentMs = useNow() - heardAtMs;
  const isStale = silentMs > SILENT_AFTER_MS;
  const { level, title, detail, findings, place } = verdict;
  return (
    <div className={styles.banner} data-level={isStale ? 'stale' : level}>
      <span className={styles.icon}>
        <Icon name={isStale ? 'clock' : icons[level]} size={28} />
      </span>
      <div>
        {/* The sentence changes its words when the state does; its figures are not read out each second. */}
        <p className={textStyles.hidden} role="status">
          {isStale
            ? 'No news from this gateway'
            : level === 'good'
              ? 'Money flows'
              : 'Something is in the way'}
        </p>
        <p className={styles.sentence} data-sentence>
          {isStale ? `No news for ${formatSeconds(Math.round(silentMs / 1_000))}` : title}
        </p>
        <p className={styles.detail}>
          {isStale ? `The last that was heard: ${title}. Trying again.` : detail}
          {place && (
            <>
              {' · '}
              <Link to={place.to}>{place.label}</Link>
            </>
          )}
        </p>
        {findings.length > 1 && (
          <ul className={styles.findings}>
            {findings.slice(1, 7).map(({ level: of, text: said, place: its }) => (
              <li key={said}>
                <Icon name={icons[of]} size={14} />
                {its === undefined ? said : <Link to={its.to}>{said}</Link>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
