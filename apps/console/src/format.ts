const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** "1,204 pay-ins" */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`;
}

export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return '–';
  return perSecond < 10 ? oneDecimal.format(perSecond) : whole.format(perSecond);
}

/** As short as it can be read: 0.4 s, 38 s, 4 min 10 s, 2 h 5 min, 3 d 4 h. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${oneDecimal.format(seconds)} s`;
  if (seconds < 120) return `${whole.format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return joined(minutes, 'min', Math.floor(seconds % 60), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(major: number, majorUnit: string, minor: number, minorUnit: string): string {
  const head = `${whole.format(major)} ${majorUnit}`;
  return minor === 0 ? head : `${head} ${minor} ${minorUnit}`;
}

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < byteUnits.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? whole.format(value) : oneDecimal.format(value);
  return `${text} ${byteUnits[unit]}`;
}

/** A decimal string with separators, exactly as it came: money is never a float. */
export function formatAmount(amount: string): string {
  const [, sign, digits, rest = ''] = /^([-+]?)(\d+)(\.\d+)?$/.exec(amount) ?? [];
  if (digits === undefined) return amount;
  return `${sign === '-' ? '−' : sign}${inThousands(digits)}${rest}`;
}

function inThousands(digits: string): string {
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= 3) {
    groups.unshift(digits.slice(Math.max(0, end - 3), end));
  }
  return groups.join(',');
}

/** "+123.45": which way it is off. */
export function formatSigned(amount: string): string {
  return /^[-+]|^0+(\.0+)?$/.test(amount) ? formatAmount(amount) : `+${formatAmount(amount)}`;
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export function formatClock(at: Date): string {
  return clock.format(at);
}

/** Local: the time alone today, with its day otherwise. */
export function formatTime(at: Date, now = new Date()): string {
  const isToday = at.toDateString() === now.toDateString();
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

export function formatUtc(at: Date): string {
  return `${at.toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

export function datacenter(node: number): string {
  return `dc${node}`;
}

/** "command_conflict" as words; pay-ins and pay-outs keep their hyphen. */
export function words(name: string): string {
  return name.replaceAll(/pay_(in|out)/g, 'pay-$1').replaceAll('_', ' ');
}
