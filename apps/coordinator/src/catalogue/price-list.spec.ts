import type { Database } from '@billing/database';
import { PriceList } from './price-list.js';

interface Row {
  readonly service: Readonly<Record<string, unknown>>;
}

const traffic = (more: object = {}): Row => ({
  service: {
    service_id: '1',
    name: 'Traffic',
    currency: 'USD',
    unit: 'MB',
    price: '0.0125',
    retired_at: null,
    prices: [{ valid_from: null, price: '0.0125' }],
    ...more,
  },
});

/** A catalogue that is read when the spec says so. */
class FakeCatalogue {
  reads = 0;
  rows: Row[] = [];
  private release: (() => void) | undefined;

  hold(): void {
    const held = new Promise<void>((resolve) => (this.release = resolve));
    this.answer = async () => {
      const rows = this.rows;
      await held;
      return rows;
    };
  }

  letGo(): void {
    this.answer = () => Promise.resolve(this.rows);
    this.release?.();
  }

  answer: () => Promise<Row[]> = () => Promise.resolve(this.rows);

  get database(): Database {
    return {
      query: () => {
        this.reads += 1;
        return this.answer();
      },
    } as unknown as Database;
  }
}

let catalogue: FakeCatalogue;
const listOf = (ageMaxMs = 60_000): PriceList =>
  new PriceList({ database: catalogue.database, ageMaxMs });

beforeEach(() => {
  catalogue = new FakeCatalogue();
});

test('a charge is priced by what is in force', async () => {
  catalogue.rows = [
    traffic({
      prices: [
        { valid_from: '2100-01-01T00:00:00Z', price: '9.00' },
        { valid_from: '2020-01-01T00:00:00Z', price: '0.02' },
        { valid_from: null, price: '0.01' },
      ],
    }),
  ];
  expect(await listOf().price('1', '200')).toEqual({
    amountMinor: 400n,
    currency: 'USD',
    charge: { serviceId: '1', quantity: '200', price: '0.02', unit: 'MB' },
  });
});

test('before its first price a service has that', async () => {
  catalogue.rows = [traffic({ prices: [{ valid_from: '2100-01-01T00:00:00Z', price: '9.00' }] })];
  expect(await listOf().price('1', '1')).toMatchObject({ amountMinor: 900n });
});

test.each([
  ['0.1', {}, 'nothing_to_charge'],
  ['99999999999999', { prices: [{ valid_from: null, price: '1000' }] }, 'charge_out_of_range'],
  ['1', { retired_at: '2020-01-01T00:00:00Z' }, 'service_retired'],
])('%s of %j is refused: %s', async (quantity, more, refusal) => {
  catalogue.rows = [traffic(more)];
  expect(await listOf().price('1', quantity)).toMatchObject({
    amountMinor: 0n,
    charge: { refusal },
  });
});

test('the list is read once while it is young, and shared while it is read', async () => {
  catalogue.rows = [traffic()];
  const list = listOf();
  await Promise.all(Array.from({ length: 5 }, () => list.price('1', '100')));
  await list.price('1', '100');
  expect(catalogue.reads).toBe(1);
  const impatient = listOf(-1);
  await impatient.price('1', '100');
  await impatient.price('1', '100');
  expect(catalogue.reads).toBe(5);
});

test('a service that came while the list was read is found', async () => {
  const list = listOf();
  catalogue.hold();
  const first = list.price('2', '1');
  catalogue.rows = [traffic()];
  const second = list.price('1', '100');
  catalogue.letGo();
  expect(await first).toBeUndefined();
  expect(await second).toMatchObject({ amountMinor: 125n });
});
