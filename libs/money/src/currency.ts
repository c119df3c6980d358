/** Publication of ISO 4217's list one that the codes below are. */
export const CURRENCIES_AS_OF = '2026-09-17';

/**
 * ISO 4217 codes by number of decimals: list one as SIX, its maintenance agency, publishes it (amendments up to
 * 180), without funds codes but CLF and UYW, metals and test codes. What has ended since 2024 stays (ANG, BGN):
 * accounts may be in it. `sql/stage1/all/tables/insert_currencies.sql` keeps the same list; tests compare both with
 * each other and with ICU's.
 */
const codesByExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD ' +
    'CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD ' +
    'GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD ' +
    'MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP ' +
    'PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS ' +
    'TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, Number(exponent)] as const),
  ),
);

/** Number of decimals of an ISO 4217 code, 0 to 4; undefined when the code is not known. */
export function exponentOf(currency: string): number | undefined {
  return exponents.get(currency);
}

/** Every known code with its number of decimals, in no particular order. */
export function currencies(): ReadonlyMap<string, number> {
  return exponents;
}
