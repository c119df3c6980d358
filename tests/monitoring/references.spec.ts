import { existsSync, readdirSync, readFileSync } from 'node:fs';
import {
  metricsIn,
  readAlerts,
  readDocumentedMetrics,
  readPanels,
  repository,
} from './monitoring-files.js';

const runbooksFolder = `${repository}docs/runbooks/`;
const alerts = readAlerts();
const panels = readPanels();
const documented = readDocumentedMetrics();

const runbookOf = (text: string): string | undefined =>
  /runbook_url: (docs\/runbooks\/[a-z-]+\.md)$/m.exec(text)?.[1];

describe('alerts', () => {
  test('each has a severity, a summary, a description and a runbook of its own', () => {
    expect(alerts.length).toBeGreaterThan(10);
    for (const { name, text } of alerts) {
      expect([name, text]).toEqual([name, expect.stringMatching(/severity: (warning|critical)$/m)]);
      expect([name, text]).toEqual([name, expect.stringMatching(/^ {10}summary: /m)]);
      expect([name, text]).toEqual([name, expect.stringMatching(/^ {10}description: /m)]);
      expect([name, existsSync(repository + runbookOf(text))]).toEqual([name, true]);
    }
    expect(new Set(alerts.map(({ text }) => runbookOf(text))).size).toBe(alerts.length);
  });

  test('each runbook belongs to an alert, is in the list, and has every part', () => {
    const files = readdirSync(runbooksFolder).filter((file) => file !== 'README.md');
    const wanted = alerts.map(({ text }) => runbookOf(text)!.replace('docs/runbooks/', ''));
    expect(files.sort()).toEqual([...new Set(wanted)].sort());
    const list = readFileSync(`${runbooksFolder}README.md`, 'utf8');
    for (const { name, text } of alerts) {
      const file = runbookOf(text)!.replace('docs/runbooks/', '');
      expect(list).toContain(`[${name}](${file})`);
      const page = readFileSync(runbooksFolder + file, 'utf8');
      expect(page.startsWith(`# ${name}\n`)).toBe(true);
      const parts = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
      expect([name, parts]).toEqual([
        name,
        ['What it means', 'What customers notice', 'Look at', 'Do', 'Over when'],
      ]);
    }
  });
});

describe('docs/metrics.md', () => {
  test('has every metric that rules and dashboards name', () => {
    const named = [
      ...alerts.flatMap(({ text }) => metricsIn(text)),
      ...panels.flatMap(({ expressions }) => expressions.flatMap(metricsIn)),
    ];
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !documented.has(name))).toEqual([]);
  });

  test('keeps to the naming scheme', () => {
    for (const [name, type] of documented) {
      expect(name).toMatch(/^(billing|nodejs|process)_[a-z0-9_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(name).not.toMatch(/_(ms|millis|minutes|kb|mb)(_|$)/);
    }
  });
});

describe('dashboards', () => {
  test('say of each panel what it shows, and in which unit', () => {
    expect(new Set(panels.map(({ dashboard }) => dashboard)).size).toBe(4);
    for (const { dashboard, title, description, unit } of panels) {
      expect([dashboard, title, description.length > 5, typeof unit]).toEqual([
        dashboard,
        title,
        true,
        'string',
      ]);
    }
  });

  test('ask the data source that is provisioned', () => {
    const source = readFileSync(
      `${repository}deploy/grafana/provisioning/datasources/prometheus.yml`,
      'utf8',
    );
    const uid = /^ {4}uid: (\S+)$/m.exec(source)![1]!;
    for (const dashboard of ['consumer-lag', 'money', 'pay-outs', 'replication']) {
      const text = readFileSync(`${repository}deploy/grafana/dashboards/${dashboard}.json`, 'utf8');
      const uids = [...text.matchAll(/"type": "prometheus",\s+"uid": "([^"]+)"/g)];
      expect(uids.length).toBeGreaterThan(5);
      expect(new Set(uids.map(([, found]) => found))).toEqual(new Set([uid]));
    }
  });
});

test('Prometheus scrapes the services of docker-compose.yml, all of them, where they listen', () => {
  const compose = readFileSync(`${repository}docker-compose.yml`, 'utf8');
  const config = readFileSync(`${repository}deploy/prometheus/prometheus.yml`, 'utf8');
  for (const app of ['gateway', 'coordinator', 'ledger-worker']) {
    const services = compose
      .match(new RegExp(`^  ${app}-\\d+(?=:$)`, 'gm'))!
      .map((name) => name.trim());
    expect(services).toHaveLength(3);
    const environment = compose.slice(compose.indexOf(`x-${app}-environment:`));
    const port = /MANAGEMENT_PORT: (\d+)/.exec(environment)![1]!;
    const targets = app === 'ledger-worker' ? services : services.map((name) => `${name}:${port}`);
    expect(config).toContain(`['${targets.join("', '")}']`);
    if (app === 'ledger-worker') expect(config).toContain(`port: ${port}\n`);
  }
});
