import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { Cluster } from '@billing/cluster';

const CHROMIUM = '/usr/bin/chromium';
const ACT_TIMEOUT_MS = 20_000;
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
/** Of a long page its beginning is enough. */
const PICTURE_HEIGHT_MAX = 1_800;
const pictureFolder = fileURLToPath(new URL('../../docs/console/', import.meta.url));

export type Theme = 'light' | 'dark';

/** One operator's browser, before the console of one datacenter. */
export class ConsoleSite {
  /** What the browser complained of: a policy that was broken, a script that threw. */
  readonly complaints: string[] = [];

  private constructor(
    private readonly profile: string,
    private readonly context: BrowserContext,
    readonly page: Page,
    readonly url: string,
    readonly token: string,
  ) {
    page.setDefaultTimeout(ACT_TIMEOUT_MS);
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      // A datacenter that is stopped on purpose is no complaint.
      if (message.type() === 'error' && !message.text().includes('Failed to load resource')) {
        this.complaints.push(message.text());
      }
    });
  }

  /** @param tenant of the operator; without it the default one */
  static async open(cluster: Cluster, tenant?: string): Promise<ConsoleSite> {
    const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      args: flags,
      viewport: { width: 1280, height: 900 },
      colorScheme: 'light',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    const token = await cluster.signToken({ sub: 'ada.operator', ...(tenant && { tenant }) });
    return new ConsoleSite(profile, context, page, cluster.gatewayUrl(1), token);
  }

  async close(): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  async go(path: string): Promise<void> {
    await this.page.goto(`${this.url}/console/${path}`);
  }

  async signIn(token = this.token): Promise<void> {
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: 'Sign out' }).click();
  }

  /** Goes somewhere by the navigation, as an operator would. */
  async follow(name: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name }).click();
  }

  heading(name: string | RegExp): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** The sentence at the top, once it fits. */
  async verdict(pattern: RegExp, timeoutMs = ACT_TIMEOUT_MS): Promise<string> {
    const line = this.page.locator('[data-sentence]').filter({ hasText: pattern });
    await line.waitFor({ timeout: timeoutMs });
    return line.innerText();
  }

  async in(theme: Theme): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  }

  /** Rules of WCAG 2.2 AA that the page breaks, as axe sees it. */
  async accessibilityViolations(): Promise<unknown[]> {
    await this.page.evaluate(axeSource);
    return this.page.evaluate(`
      axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
        .then(({ violations }) => violations.map(({ id, nodes }) => ({
          id, at: nodes.map(({ target, failureSummary }) => target.join(' ') + ': ' + failureSummary),
        })))`);
  }

  /** How many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
  }

  /** Kept for review when CONSOLE_PICTURES asks for it; tests leave no files otherwise. */
  async keepPicture(name: string): Promise<void> {
    if (process.env['CONSOLE_PICTURES'] !== '1') return;
    mkdirSync(pictureFolder, { recursive: true });
    const size = this.page.viewportSize()!;
    const height: number = await this.page.evaluate('document.documentElement.scrollHeight');
    // The whole page in one window: what is fixed to its lower edge stays there.
    const shown = Math.min(Math.max(height, size.height), PICTURE_HEIGHT_MAX);
    await this.page.setViewportSize({ width: size.width, height: shown });
    await this.page.screenshot({ path: join(pictureFolder, `${name}.png`) });
    await this.page.setViewportSize(size);
  }
}
