import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { drawChart } from './chart.js';
import { isMet, ratiosOf, type BenchReport } from './bench-report.js';

/** Where figures of a run go: `results.json`, and a picture a chart. Written anew after each bench. */
export class ReportFolder {
  private readonly benches: Record<string, object> = {};

  constructor(
    readonly path: string,
    private readonly options: object,
  ) {
    mkdirSync(path, { recursive: true });
  }

  /** @returns files of the pictures */
  add(bench: string, report: BenchReport): string[] {
    const figures = report.figures.map((figure) => ({
      ...figure,
      ratios: ratiosOf(figure),
      met: isMet(figure),
    }));
    const { remarks, measured } = report;
    this.benches[bench] = { load: loadavg()[0], figures, remarks, measured };
    const machine = { cores: availableParallelism(), node: process.version };
    const all = { endedAt: new Date(), options: this.options, machine, benches: this.benches };
    writeFileSync(join(this.path, 'results.json'), `${JSON.stringify(all, null, 2)}\n`);
    return report.charts.map((chart) => {
      const file = join(this.path, `${chart.file}.svg`);
      writeFileSync(file, drawChart(chart));
      return file;
    });
  }
}
