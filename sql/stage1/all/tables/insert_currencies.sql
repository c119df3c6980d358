-- ISO 4217 codes by number of decimals: list one of 2026-09-17 as SIX, its maintenance agency, publishes it, with
-- what has ended since 2024 (ANG, BGN). The same list as libs/money, of the same date: tests compare. A code is
-- never taken away: accounts may be in it.
set role billing_owner;
insert into billing.currencies (code, exponent)
select unnest(string_to_array(codes, ' ')), exponent
  from (values
    (0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'),
    (2, 'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN '
        'BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD '
        'FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR '
        'KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN '
        'MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD '
        'SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD '
        'TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG'),
    (3, 'BHD IQD JOD KWD LYD OMR TND'),
    (4, 'CLF UYW')
  ) as list (exponent, codes)
on conflict (code) do nothing;
reset role;
