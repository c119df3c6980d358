// node produce.mjs --brokers 127.0.0.1:19092 [--username kafka_upstream --password-file FILE]
//   [--ca-file FILE] [--source my-shop]
//   [--topic billing.payin.shop] [file.csv | file.ndjson]
// Reads pay-ins from a file or standard input, NDJSON or CSV with a header, and sends them.
// Columns: accountId, amount, currency; reference, if any; and commandId, or else id and happenedAt (a
// date), the row's own name and time, from which the command id is made.
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandIdOf, PayInProducer } from './pay-in-producer.mjs';

const GROUP_SIZE = 5_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    brokers: { type: 'string', default: '127.0.0.1:19092' },
    topic: { type: 'string', default: 'billing.payin' },
    source: { type: 'string', default: 'upstream-producer' },
    username: { type: 'string' },
    'password-file': { type: 'string' },
    'ca-file': { type: 'string' },
  },
});

/** Rows as objects. CSV here is the plain kind: no quotes, no commas inside a field. */
async function* readRows(input) {
  let header;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    if (header === undefined && line.trimStart().startsWith('{')) header = null;
    if (header === null) yield JSON.parse(line);
    else if (header === undefined) header = line.split(',');
    else yield Object.fromEntries(line.split(',').map((field, i) => [header[i], field]));
  }
}

function toPayIn({ commandId, id, happenedAt, accountId, amount, currency, reference }, row) {
  const atMs = Date.parse(happenedAt);
  if (!commandId && (!id || Number.isNaN(atMs))) {
    // A random id would be credited again by a second run.
    throw new Error(`row ${row} has neither a commandId nor an id with a date in happenedAt`);
  }
  return {
    commandId: commandId ?? commandIdOf(values.source, id, atMs),
    // Strings, both: a float or a JavaScript number would round large amounts and ids.
    accountId: String(accountId),
    amount: String(amount),
    currency,
    ...(reference && { reference }),
  };
}

/** The password is in a file: what stands on a command line is seen by everybody on the machine. */
function readLogin({ username, 'password-file': file }) {
  if (username === undefined && file === undefined) return undefined;
  if (username === undefined || file === undefined) {
    throw new Error('--username and --password-file belong together: give both or none');
  }
  return { mechanism: 'scram-sha-512', username, password: readFileSync(file, 'utf8').trim() };
}

const producer = new PayInProducer({
  brokers: values.brokers.split(','),
  clientId: values.source,
  topic: values.topic,
  sasl: readLogin(values),
  ca: values['ca-file'] && readFileSync(values['ca-file'], 'utf8'),
  onRetry: (error) => console.error(`sending again: ${error.message}`),
});
try {
  let sent = 0;
  let group = [];
  const flush = async () => {
    await producer.send(group);
    sent += group.length;
    group = [];
  };
  const [file] = positionals;
  for await (const row of readRows(file ? createReadStream(file) : process.stdin)) {
    group.push(toPayIn(row, sent + group.length + 1));
    if (group.length === GROUP_SIZE) await flush();
  }
  await flush();
  console.log(`${sent} pay-ins are with the broker`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await producer.close();
}
