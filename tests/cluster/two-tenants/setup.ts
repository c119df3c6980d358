import { Cluster } from '@billing/cluster';
import { exemptSpecs, exemptTests } from './exempt-specs.js';
import { checkAtTheEnd, steal } from './final-checks.js';
import { ShadowBook } from './shadow-book.js';
import { ShadowGrpc } from './shadow-grpc.js';
import { ShadowHttp } from './shadow-http.js';
import { shadowUpstreams } from './shadow-kafka.js';
import { shadowLedgers, shadowPayOutCalls } from './shadow-sql.js';
import { shadowTokensOfClusters } from './shadow-tokens.js';

// TEST_TENANTS=2: whatever a spec does as the default tenant, a second one does after it.
const hookMs = 120_000;
const { testPath = '' } = expect.getState();
const [, spec = ''] = /\/tests\/cluster\/(.+)$/.exec(testPath) ?? [];
const reason = exemptSpecs[spec];

if (reason !== undefined) process.stdout.write(`one tenant alone: ${spec}: ${reason}\n`);
else if (spec !== '') playAsTwo();

function playAsTwo(): void {
  leaveOutExempt();
  const book = new ShadowBook();
  shadowTokensOfClusters();
  shadowLedgers(book);
  shadowPayOutCalls(book);
  shadowUpstreams(book);
  new ShadowHttp(book, globalThis.fetch).install();
  new ShadowGrpc(book).install();

  const { start, destroy } = Cluster.prototype;
  Cluster.prototype.start = async function (this: Cluster) {
    await start.call(this);
    book.cluster ??= this;
  };
  Cluster.prototype.destroy = async function (this: Cluster) {
    const isOurs = book.cluster === this;
    try {
      if (isOurs) await book.untilIdle().then(() => checkAtTheEnd(book));
    } finally {
      await destroy.call(this);
    }
    if (!isOurs) return;
    const { repeated, unanswered, twins, stolen } = book;
    process.stdout.write(
      `two tenants: ${spec}: ${repeated} repeated (${unanswered} unanswered), ${twins.size} accounts, ${stolen.size} command ids\n`,
    );
    throwViolations(book);
    book.forget();
  };
  afterEach(async () => {
    await book.untilIdle();
    await steal(book);
    throwViolations(book);
  }, hookMs);
}

/** Says which tests are left out, and why. */
function leaveOutExempt(): void {
  const play = globalThis.test;
  const choose: typeof play = Object.assign((...args: Parameters<typeof play>): void => {
    const why = exemptTests[String(args[0])];
    if (why === undefined) return play(...args);
    process.stdout.write(`left out with two tenants: ${spec}: ${String(args[0])}: ${why}\n`);
    play.skip(...args);
  }, play);
  globalThis.test = choose;
}

function throwViolations(book: ShadowBook): void {
  const violations = book.takeViolations();
  if (violations.length > 0) throw new Error(`with a second tenant:\n${violations.join('\n')}`);
}
