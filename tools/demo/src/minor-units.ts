/**
 * Arithmetic of the demo's own, so that what it compares with owes nothing to the system: crowns with
 * two decimals and hundredths of them.
 */
export function toHundredths(amount: string): bigint {
  const [, sign, whole, decimals = ''] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(amount) ?? [];
  if (whole === undefined) throw new TypeError(`"${amount}" is no amount with two decimals`);
  const hundredths = BigInt(whole) * 100n + BigInt(decimals.padEnd(2, '0'));
  return sign === '-' ? -hundredths : hundredths;
}

/** With commas between thousands, for people. */
export function formatHundredths(hundredths: bigint): string {
  const amount = hundredths < 0n ? -hundredths : hundredths;
  const decimals = String(amount % 100n).padStart(2, '0');
  return `${hundredths < 0n ? '-' : ''}${(amount / 100n).toLocaleString('en-GB')}.${decimals}`;
}
