import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const repository = fileURLToPath(new URL('../../', import.meta.url));
export const rulesFolder = `${repository}deploy/prometheus/rules/`;
export const ruleTestsFolder = `${repository}deploy/prometheus/tests/`;

export interface Alert {
  readonly name: string;
  readonly file: string;
  /** Its lines as they stand in the file. */
  readonly text: string;
}

export function readAlerts(): Alert[] {
  return filesOf(rulesFolder, '.rules.yml').flatMap(({ name: file, text }) =>
    text
      .split(/^ {6}- (?=alert: )/m)
      .slice(1)
      .map((rule) => ({ name: /^alert: (\w+)/.exec(rule)![1]!, file, text: rule })),
  );
}

export interface Panel {
  readonly dashboard: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly expressions: readonly string[];
}

interface PanelJson {
  type: string;
  title: string;
  description: string;
  targets: { expr: string; datasource: { uid: string } }[];
  fieldConfig: { defaults: { unit: string } };
}

export function readPanels(): Panel[] {
  return filesOf(`${repository}deploy/grafana/dashboards/`, '.json').flatMap(({ name, text }) =>
    (JSON.parse(text) as { panels: PanelJson[] }).panels
      .filter(({ type }) => type !== 'row')
      .map((panel) => ({
        dashboard: name,
        title: panel.title,
        description: panel.description,
        unit: panel.fieldConfig.defaults.unit,
        expressions: panel.targets.map(({ expr }) => expr),
      })),
  );
}

/** Names in the tables of docs/metrics.md, by type. */
export function readDocumentedMetrics(): Map<string, string> {
  const text = readFileSync(`${repository}docs/metrics.md`, 'utf8');
  return new Map(
    [...text.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, name, type]) => [name!, type!]),
  );
}

/** Names of metrics in an expression, without the endings that histograms give to theirs. */
export function metricsIn(expression: string): string[] {
  const found = expression.match(/\b(billing|nodejs|process)_\w+/g) ?? [];
  return found.map((name) => name.replace(/_(bucket|sum|count)$/, ''));
}

/** The rules as they are delivered, but that nobody waits for minutes. */
export function readShortenedRules(): { name: string; text: string }[] {
  return filesOf(rulesFolder, '.rules.yml').map(({ name, text }) => ({
    name,
    text: text
      .replace(/for: \d+m/g, 'for: 2s')
      .replace('lag_seconds) > 30', 'lag_seconds) > 3')
      .replace('transaction_seconds) > 45', 'transaction_seconds) > 1'),
  }));
}

export function filesOf(folder: string, ending: string): { name: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(folder + name, 'utf8') }));
}
