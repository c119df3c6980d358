import { callOf, routeOf, underAnotherId, type GatewayRow } from './gateway-rows.js';
import { nobodys, scopesWithout, send, type AccessSite, type Subject } from './access-site.js';
import { OpenApiDocument } from '../gateway/open-api-document.js';
import { essence, problem, type Answer, type GatewayProcess } from '../gateway/gateway-process.js';

const openApi = new OpenApiDocument();

/** One row of the table, asked in every way that a column names. */
export class GatewayCells {
  private constructor(
    private readonly site: AccessSite,
    private readonly name: string,
    private readonly row: GatewayRow,
    private readonly subject: Subject,
    private readonly state: unknown,
  ) {}

  static async make(site: AccessSite, name: string, row: GatewayRow): Promise<GatewayCells> {
    const subject = await site.makeSubject(row.about ?? 'nothing');
    return new GatewayCells(site, name, row, subject, await site.stateOf(subject));
  }

  async noToken(): Promise<void> {
    const { row } = this;
    if (row.scopes === 'public') return this.expectRight(await this.ask());
    const answer = await this.ask();
    expect(essence(answer)).toEqual(problem('unauthenticated', 401));
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch('application/problem+json');
    const call = callOf(this.name, row, this.subject);
    if (call.method === 'GET') {
      const head = await send(this.urlOf(), { ...call, method: 'HEAD' });
      expect([head.status, head.text]).toEqual([401, '']);
    }
    await this.expectUntouched();
  }

  async tooFewScopes(): Promise<void> {
    const { row, site } = this;
    if (row.scopes === 'public') return this.expectRight(await this.ask(await site.token('')));
    for (const scope of row.scopes) {
      const answer = await this.ask(await site.token(scopesWithout(scope)));
      expect(essence(answer)).toEqual(problem('missing-scope', 403));
      expect(answer.body).toMatchObject({ scope, detail: expect.stringContaining(scope) });
      expect(answer.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
    }
    await this.expectUntouched();
  }

  async anotherTenant(): Promise<void> {
    const { strangers } = this.row;
    if (typeof strangers === 'object') {
      for (const { token } of this.site.strangers) this.expectRight(await this.ask(token));
    } else {
      await this[strangers]();
    }
    await this.expectUntouched();
  }

  /** Of the client that has used up its rate at the gateway that is given. */
  async overLimit(busy: GatewayProcess, token: string): Promise<void> {
    const url = this.row.at === 'management' ? busy.managementUrl : busy.url;
    const answer = await this.ask(token, this.subject, url);
    if (this.row.scopes === 'public') return this.expectRight(answer);
    expect(essence(answer)).toEqual(problem('too-many-requests', 429));
    expect(answer.headers.get('retry-after')).toBe('1');
    await this.expectUntouched();
  }

  async right(): Promise<void> {
    const { row, site } = this;
    const scopes = row.scopes === 'public' ? [] : row.scopes;
    const answer = await this.ask(await site.token(scopes.join(' ')));
    this.expectRight(answer);
    if (row.strangers === 'unlisted') expect(answer.text).toContain(this.listedAs());
    if (row.strangers === 'parked') await site.mine.untilPaidIn(this.subject.uuid, 'applied');
  }

  /** At each datacenter, one that keeps it too, it is what nobody has. */
  private async unknown(): Promise<void> {
    const { gateway, tenants, strangers } = this.site;
    const urls = this.row.at === 'other' ? [tenants.other.url] : [gateway.url, tenants.other.url];
    const none = nobodys(this.subject);
    for (const url of urls) {
      for (const { token } of strangers) {
        const refused = await this.ask(token, this.subject, url);
        expect(essence(refused)).toEqual(problem('not-found', 404));
        expect(blank(refused, this.subject)).toBe(blank(await this.ask(token, none, url), none));
      }
    }
  }

  private async unlisted(): Promise<void> {
    for (const { token } of this.site.strangers) {
      const answer = await this.ask(token);
      this.expectRight(answer);
      expect(answer.text).not.toContain(this.listedAs());
    }
  }

  private async refused(): Promise<void> {
    const none = nobodys(this.subject);
    for (const { token } of this.site.strangers) {
      const answer = await this.ask(token);
      expect(answer).toMatchObject({
        status: 200,
        body: { results: [{ result: 'refused', reason: 'not_found' }] },
      });
      expect(blank(answer, this.subject)).toBe(blank(await this.ask(token, none), none));
    }
  }

  private async items(): Promise<void> {
    const none = nobodys(this.subject);
    for (const { token } of this.site.strangers) {
      const answer = await this.ask(token);
      const notFound = { type: '/problems/not-found', status: 404 };
      expect(answer).toMatchObject({ status: 200, body: [{ status: 404, body: notFound }] });
      expect(blank(answer, this.subject)).toBe(blank(await this.ask(token, none), none));
    }
  }

  private async parked(): Promise<void> {
    for (const stranger of this.site.strangers) {
      const theirs = underAnotherId(this.subject);
      this.expectRight(await this.ask(stranger.token, theirs));
      await stranger.untilPaidIn(theirs.uuid, 'parked');
    }
  }

  private async single(): Promise<void> {
    const answer = await this.ask(this.site.ofSeveral.token);
    expect(essence(answer)).toEqual(problem('missing-tenant', 403));
  }

  private async ask(token?: string, subject = this.subject, url = this.urlOf()): Promise<Answer> {
    const answer = await send(url, callOf(this.name, this.row, subject), token);
    const route = routeOf(this.name);
    // Files and the management port are no part of the API.
    if (openApi.operations.has(route)) {
      expect(openApi.violationsOf(route, String(answer.status), answer)).toEqual([]);
    } else expect(this.name).toMatch(/^GET \/(console|docs)\b|at the management port$/);
    return answer;
  }

  private urlOf(): string {
    const { gateway, tenants } = this.site;
    if (this.row.at === 'management') return gateway.managementUrl;
    return this.row.at === 'other' ? tenants.other.url : gateway.url;
  }

  private expectRight({ status, body }: Answer): void {
    const { right, says = {} } = this.row;
    expect({ status, body }).toMatchObject({ status: right, body: says });
  }

  private async expectUntouched(): Promise<void> {
    expect(await this.site.stateOf(this.subject)).toEqual(this.state);
  }

  /** As it stands in an answer that has it. */
  private listedAs(): string {
    const { about } = this.row;
    const isMessage = about === 'letter' || about === 'parked';
    return JSON.stringify(isMessage ? this.subject.message : this.subject.account);
  }
}

/** What was said, but for of what it was said. */
function blank({ status, body }: Answer, subject: Subject): string {
  const text = JSON.stringify({ status, body }, (name, value: unknown) =>
    name === 'requestId' ? undefined : value,
  );
  return Object.values(subject).reduce<string>(
    (left, name: string) => left.replaceAll(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g'), 'it'),
    text,
  );
}
