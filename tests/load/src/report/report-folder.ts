import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { drawChart } from './chart.js';
import { isMet, ratiosOf, type PartReport } from './part-report.js';

/** Where figures of a run go: `results.json`, and a picture a chart. Written anew after each part. */
export class ReportFolder {
  private readonly parts: Record<string, object> = {};

  constructor(
    readonly path: string,
    private readonly options: object,
  ) {
    mkdirSync(path, { recursive: true });
  }

  /** @returns files of the pictures */
  add(part: string, report: PartReport): string[] {
    const figures = report.figures.map((figure) => ({
      ...figure,
      ratios: ratiosOf(figure),
      met: isMet(figure),
    }));
    const { remarks, measured } = report;
    this.parts[part] = { load: loadavg()[0], figures, remarks, measured };
    const machine = { cores: availableParallelism(), node: process.version };
    const all = { endedAt: new Date(), options: this.options, machine, parts: this.parts };
    writeFileSync(join(this.path, 'results.json'), `${JSON.stringify(all, null, 2)}\n`);
    return report.charts.map((chart) => {
      const file = join(this.path, `${chart.file}.svg`);
      writeFileSync(file, drawChart(chart));
      return file;
    });
  }
}
