import { ConfigError } from './environment.js';
import { parseUpstreamTopics } from './upstream-topics.config.js';

const parse = (text: string): unknown => parseUpstreamTopics({ PAY_IN_UPSTREAM_TOPICS: text });

function violationsOf(text: string): readonly string[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.violations;
    throw error;
  }
  return [];
}

test('each upstream topic has one tenant, and tenants may have several', () => {
  expect(parseUpstreamTopics({})).toEqual([]);
  expect(parse('shop=acme  shop-2=acme cards=default')).toEqual([
    { topic: 'billing.payin.shop', tenant: 'acme' },
    { topic: 'billing.payin.shop-2', tenant: 'acme' },
    { topic: 'billing.payin.cards', tenant: 'default' },
  ]);
});

test.each([
  [
    'the topic of the copies',
    'dlq=acme',
    /^PAY_IN_UPSTREAM_TOPICS: entry 1: its name must .*"dlq"/,
  ],
  ['a name of Kafka’s that is none of ours', 'shop=acme a_b=acme', /entry 2: its name must/],
  ['an empty name', '=acme', /entry 1: its name must/],
  ['no tenant', 'shop', /entry 1 must look like name=tenant/],
  ['an empty tenant', 'shop=', /entry 1: its tenant must be 1 to 63/],
  ['two tenants', 'shop=a=b', /entry 1 must look like name=tenant/],
  ['a tenant that is none', 'shop=a/b', /entry 1: its tenant must be 1 to 63/],
  ['one topic with two tenants', 'shop=acme shop=other', /entry 2: its name must not come twice/],
])('refuses %s, and prints no value', (_, text, said) => {
  const violations = violationsOf(text);
  expect(violations).toEqual([expect.stringMatching(said)]);
  expect(violations.join()).not.toMatch(/acme|other/);
});

test('says all violations at once, and bounds how many topics there are', () => {
  const many = Array.from({ length: 33 }, (_, i) => `shop-${i}=acme`).join(' ');
  expect(violationsOf(`${many} dlq=a/b`)).toHaveLength(3);
});
