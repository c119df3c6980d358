import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { currencies, CURRENCIES_AS_OF } from './index.js';

/** What ICU lists and this system leaves out, and why. A code that is not here is new: look it up. */
const leftOut: Readonly<Record<string, string>> = {
  CUC: 'ended 2021-06-30, amendment 178',
  HRK: 'ended 2023-01-01, euro',
  SLL: 'ended 2023-12-31, SLE',
  XDR: 'unit of account of the IMF: no number of decimals',
  XSU: 'unit of account of ALBA: no number of decimals',
  ZWL: 'ended 2024-09-01, ZWG',
};

/** What this system has and ICU does not list as money in use. */
const unlisted: Readonly<Record<string, string>> = {
  ANG: 'ended 2025-03-31, XCG: accounts may be in it; ICU 78 still lists it',
  BGN: 'ended 2026-01-01, euro: accounts may be in it; ICU 78 still lists it',
  CLF: 'unit of account that contracts are made in',
  UYW: 'unit of account that contracts are made in',
  VED: 'the bolívar of 2021: ICU lists VES, which list one has beside it',
};

/** ISO 4217 counts decimals of accounts; ICU (CLDR) those that people still write: none for these. */
const writtenWithout = 'AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');

/** An older ICU (Node 20.19 may have one) knows less than the list: it can only show what is gone. */
const ICU_COMPARED = 78;
const icuVersion = Number.parseInt(process.versions.icu ?? '0', 10);
const knowsTheList = icuVersion >= ICU_COMPARED;

describe('the list of currencies', () => {
  test('lacks none that ICU lists, but for those with a reason', () => {
    const lacked = Intl.supportedValuesOf('currency').filter((code) => !currencies().has(code));
    expect(lacked.filter((code) => !(code in leftOut))).toEqual([]);
  });

  test('has none that a new enough ICU does not list, but for those with a reason', () => {
    const listed = new Set(Intl.supportedValuesOf('currency'));
    const others = [...currencies().keys()].filter((code) => !listed.has(code));
    const unexplained = others.filter((code) => !(code in unlisted));
    expect(knowsTheList ? unexplained : []).toEqual([]);
  });

  test('has as many decimals as a new enough ICU, but where people write none', () => {
    const differing = [...currencies()].filter(([currency, exponent]) => {
      const format = new Intl.NumberFormat('en', { style: 'currency', currency });
      return format.resolvedOptions().maximumFractionDigits !== exponent;
    });
    const unexplained = differing.filter(([code]) => !writtenWithout.includes(code));
    expect(knowsTheList ? unexplained : []).toEqual([]);
  });

  test('has those that came since 2018, and keeps those that ended while it was in use', () => {
    const named = ['MRU', 'STN', 'UYW', 'VES', 'VED', 'SLE', 'ZWG', 'XCG', 'ANG', 'BGN'];
    expect(named.filter((code) => !currencies().has(code))).toEqual([]);
  });

  test('is that of SQL, of the same date', () => {
    const file = '../../../sql/stage1/all/tables/insert_currencies.sql';
    const sql = readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
    const rows = [...sql.matchAll(/\((\d), ('[A-Z' \n]+')\)/g)].flatMap(
      ([, exponent, codes = '']) =>
        [...codes.matchAll(/[A-Z]{3}/g)].map(([code]) => [code, Number(exponent)] as const),
    );
    expect(new Map(rows)).toEqual(new Map(currencies()));
    expect(sql).toContain(`list one of ${CURRENCIES_AS_OF}`);
  });
});
