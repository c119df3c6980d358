import { createRootCommand } from '@billing/cluster';
import { Option, type Command } from 'commander';
import {
  parseAccount,
  parseDuration,
  parseJsonObject,
  parseLimit,
  parseMessageArgument,
  parseMessageArguments,
  parseObject,
  parseOffset,
  parsePageLimit,
  parsePartition,
  parseTime,
} from './argument-parsers.js';
import {
  correctAccount,
  deleteAccount,
  listOperations,
  openAccount,
  showBalance,
} from './accounts.command.js';
import { changeAccountState, listAccounts } from './account-states.command.js';
import { listAllActs } from './acts.command.js';
import { addBulks } from './bulk.command.js';
import { showAudit } from './audit.command.js';
import { exitCodes, explainError } from './cli.errors.js';
import { listDrains } from './drains.command.js';
import {
  authoriseHold,
  captureHold,
  extendHold,
  refundCapture,
  showHold,
  voidHold,
} from './holds.command.js';
import { actOnLetters, correctLetter, discardParked, retryParked } from './letter-acts.command.js';
import { listLetters, listParked, showLetter } from './letters.command.js';
import { withAfter, withHome, withNearest, withNode } from './connection-flags.js';
import { charge, payIn, payOut, refund, showPayIn, showPayOut } from './money.command.js';
import { acceptOneOffset, listOffsets } from './offsets.command.js';
import { processTerminal, type Terminal } from './terminal.js';
import {
  createService,
  listServices,
  repriceService,
  retireService,
  showService,
} from './services.command.js';
import { printToken } from './token.command.js';
import { verify } from './verify.command.js';

const epilogue = `
Which databases: those of the running cluster (npm start; --home or BILLING_HOME say where), with role
billing_operator; or the one of DATABASE_URL with DATABASE_PASSWORD_FILE. What is done about messages and
accounts goes through a gateway: the cluster's with its token, or the one of GATEWAY_URL with TOKEN_FILE.
Money (accounts open, show, history; pay-in, pay-out, charge, refund, holds and what they made) and services
through whichever datacenter answers, that of --node first, as services do.
Exit code: 0 done; 1 refused, not found, not confirmed or a fault found; 2 usage; 3 no cluster or no answer.`;

/** Carries out one command line. @returns the exit code */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = buildProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    const explained = explainError(error);
    if (explained === undefined) throw error;
    if (explained.message !== '') terminal.complain(explained.message);
    return explained.exitCode;
  }
}

function buildProgram(terminal: Terminal, end: (exitCode: number) => void): Command {
  const program = createRootCommand('billing', terminal)
    .description('What operators do with geo-distributed billing')
    .addHelpText('after', epilogue);
  addOffsets(program, terminal, end);
  addDrains(program, terminal, end);
  addParked(program, terminal, end);
  addDeadLetters(program, terminal, end);
  addAccounts(program, terminal, end);
  addMoney(program, terminal, end);
  addHolds(program, terminal, end);
  addServices(program, terminal, end);
  addActs(program, terminal, end);
  addAudit(program, terminal, end);
  withHome(program.command('token').description("prints a developer's bearer token")).action(
    (options) => end(printToken(options, terminal)),
  );
  return program;
}

function addOffsets(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const offsets = program.command('offsets').description('where consumption of pay-ins stands');
  withNode(offsets.command('list').description('every partition, and which ones are halted'))
    .option('--topic <name>', 'this topic only')
    .action(async (options) => end(await listOffsets(options, terminal)));
  withNode(
    offsets
      .command('accept')
      .description('says where a partition goes on after its log and the database disagreed'),
  )
    .requiredOption('--partition <number>', 'which partition', parsePartition)
    .requiredOption('--offset <number>', 'next offset to consume', parseOffset)
    .option('--topic <name>', 'default billing.payin')
    .option('--as <name>', 'who accepts it; default your user name')
    .option('--yes', 'do not ask')
    .action(async (options) => end(await acceptOneOffset(options, terminal)));
}

function addDrains(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const drains = program.command('drains').description('pay-outs that several datacenters give to');
  withNode(drains.command('list').description('those in doubt, the longest first'))
    .option('--limit <number>', 'of each node at most', parseLimit, 50)
    .action(async (options) => end(await listDrains(options, terminal)));
}

function addParked(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const parked = program.command('parked').description('pay-ins of accounts not known yet');
  withNode(parked.command('list').description('oldest first'))
    .option('--limit <number>', 'of each node at most', parseLimit, 50)
    .action(async (options) => end(await listParked(options, terminal)));
  withNode(parked.command('retry').description("now rather than at the worker's next turn"))
    .argument('[messages...]', 'as the list names them; default all', parseMessageArguments)
    .option('--note <text>', 'why')
    .action(async (names, options) => end(await retryParked(names ?? [], options, terminal)));
  withNode(parked.command('discard').description('never to be credited; the bytes are kept'))
    .argument('[messages...]', 'as the list names them', parseMessageArguments)
    .option('--all', 'every one that is parked')
    .requiredOption('--note <text>', 'why')
    .option('--yes', 'do not ask')
    .action(async (names, options) => end(await discardParked(names ?? [], options, terminal)));
}

function addDeadLetters(
  program: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  const letters = program.command('dead-letters').description('messages that were not credited');
  withNode(letters.command('list').description('newest first'))
    .option('--state <state>', 'open, replayed, corrected or discarded')
    .option('--reason <reason>', 'such as invalid_json')
    .option('--account <id>', 'of this account', (text) => parseAccount(text).toString())
    .option('--limit <number>', 'of each node at most', parseLimit, 50)
    .action(async (options) => end(await listLetters(options, terminal)));
  withNode(letters.command('show').description('all of one, with the bytes as they came'))
    .argument('<message>', 'as the list names it: topic:partition:offset', parseMessageArgument)
    .action(async (name, options) => end(await showLetter(name, options, terminal)));
  addLetterActs(letters, terminal, end);
}

function addLetterActs(
  letters: Command,
  terminal: Terminal,
  end: (exitCode: number) => void,
): void {
  const acts = {
    replay: 'credits them as they came, under their own command ids',
    discard: 'says that they are never to be credited; the bytes are kept',
  } as const;
  for (const act of ['replay', 'discard'] as const) {
    const command = withNode(letters.command(act).description(acts[act]))
      .argument('[messages...]', 'as the list names them', parseMessageArguments)
      .option('--all', 'every open one, of --reason and --account')
      .option('--reason <reason>', 'with --all: such as account_not_found')
      .option('--account <id>', 'with --all: of this account', (text) =>
        parseAccount(text).toString(),
      )
      .option('--yes', 'do not ask');
    if (act === 'discard') command.requiredOption('--note <text>', 'why');
    else command.option('--note <text>', 'why');
    command.action(async (names, options) =>
      end(await actOnLetters(act, names ?? [], options, terminal)),
    );
  }
  withNode(letters.command('correct').description('credits other content instead'))
    .argument('<message>', 'as the list names it', parseMessageArgument)
    .requiredOption('--account <id>', 'whom to credit', (text) => parseAccount(text).toString())
    .requiredOption('--amount <decimal>', 'such as 12.50')
    .requiredOption('--currency <code>', "the account's")
    .requiredOption('--note <text>', 'why')
    .option('--command <uuid>', "default the letter's own; of a conflict a new one")
    .option('--reference <text>', 'shown in the history')
    .option('--metadata <json>', 'a JSON object', parseJsonObject)
    .option('--yes', 'do not ask')
    .action(async (name, options) => end(await correctLetter(name, options, terminal)));
}

function addAccounts(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const accounts = program
    .command('accounts')
    .description('opening, looking, freezing, deleting, correcting balances');
  withNearest(accounts.command('open').description('at the datacenter that is asked first'))
    .argument('<username>', 'need not be new')
    .option('--currency <code>', 'default USD')
    .option('--balance <decimal>', 'shared by all datacenters; default none')
    .option('--key <text>', 'the same again is done once; default a new one')
    .action(async (username, options) => end(await openAccount(username, options, terminal)));
  withAfter(accounts.command('show').description('what it has, and where'))
    .argument('<account>', 'its id', parseAccount)
    .action(async (id, options) => end(await showBalance(id, options, terminal)));
  withAfter(accounts.command('history').description('what was done to it, newest first'))
    .argument('<account>', 'its id', parseAccount)
    .option('--limit <number>', 'at most', parsePageLimit, 50)
    .option('--cursor <text>', 'from where the page before ended')
    .option('--type <text>', 'pay_in, pay_out, charge, hold, refund, correction, transfer …')
    .option('--since <time>', 'begun then or later, such as 2026-01-01T12:00:00Z')
    .option('--until <time>', 'begun before')
    .option('--entries', 'with what each did to the part of each datacenter')
    .action(async (id, options) => end(await listOperations(id, options, terminal)));
  withAfter(accounts.command('list').description('which there are, by name or by time'))
    .option('--prefix <text>', 'of the username')
    .addOption(new Option('--state <state>').choices(['open', 'frozen', 'deleted']))
    .option('--from <time>', 'opened then or later', parseTime)
    .option('--to <time>', 'opened before', parseTime)
    .option('--currency <code>', 'in this currency')
    .option('--limit <number>', 'at most', parsePageLimit, 50)
    .option('--cursor <text>', 'from where the page before ended')
    .action(async (options) => end(await listAccounts(options, terminal)));
  for (const act of ['freeze', 'thaw'] as const) {
    withNearest(accounts.command(act).description('at its home, whoever is asked'))
      .argument('<account>', 'its id', parseAccount)
      .addOption(
        new Option('--sides <sides>', 'what goes out, what comes in')
          .choices(['debits', 'credits', 'both'])
          .makeOptionMandatory(),
      )
      .option('--reason <text>', 'why')
      .option('--key <text>', 'the same again is done once; default a new one')
      .option('--yes', 'do not ask')
      .action(async (id, options) => end(await changeAccountState(act, id, options, terminal)));
  }
  withNode(accounts.command('delete').description('softly and for good: one that is empty'))
    .argument('<account>', 'its id', parseAccount)
    .option('--force', 'whatever is in it; what is left, corrections take out')
    .option('--reason <text>', 'why')
    .option('--yes', 'do not ask')
    .action(async (id, options) => end(await deleteAccount(id, options, terminal)));
  withNode(accounts.command('correct').description("changes one datacenter's part, either sign"))
    .argument('<account>', 'its id', parseAccount)
    .requiredOption('--amount <decimal>', 'such as 12.50, or --amount=-12.50 to take away')
    .requiredOption('--currency <code>', "the account's")
    .requiredOption('--reason <text>', 'why; the first 64 characters are in the history')
    .option('--key <text>', 'the same again is done once; default a new one')
    .option('--yes', 'do not ask')
    .action(async (id, options) => end(await correctAccount(id, options, terminal)));
}

function addMoney(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const withMoney = (command: Command): Command =>
    withNotes(command.requiredOption('--amount <decimal>', 'such as 12.50'));
  const withNotes = (command: Command): Command =>
    withNearest(command)
      .requiredOption('--currency <code>', "the account's")
      .option('--reference <text>', 'shown in the history')
      .option('--metadata <json>', 'a JSON object', parseJsonObject)
      .option('--key <text>', 'the same again is done once; default a new one')
      .option('--yes', 'do not ask');
  const withOrder = (command: Command): Command =>
    withMoney(command).argument('<account>', 'its id', parseAccount);
  withOrder(program.command('pay-in').description('has a pay-in taken, to be credited')).action(
    async (id, options) => end(await payIn(id, options, terminal)),
  );
  withNotes(program.command('pay-out').description('pays out, or says why not'))
    .argument('<account>', 'its id', parseAccount)
    .option('--amount <decimal>', 'such as 12.50')
    .option('--up-to <decimal>', 'instead: what there is, at most so much')
    .option('--minimum <decimal>', 'beside --up-to: what there has to be; default nothing')
    .option('--local-only', "of its home's part alone")
    .action(async (id, options) => end(await payOut(id, options, terminal)));
  withNearest(program.command('charge').description('pays out what a service costs'))
    .argument('<account>', 'its id', parseAccount)
    .requiredOption('--service <id>', 'as services list has it')
    .requiredOption('--quantity <decimal>', 'such as 2.5')
    .option('--reference <text>', 'shown in the history')
    .option('--metadata <json>', 'a JSON object', parseJsonObject)
    .option('--key <text>', 'the same again is done once; default a new one')
    .option('--local-only', "of its home's part alone")
    .option('--yes', 'do not ask')
    .action(async (id, options) => end(await charge(id, options, terminal)));
  withMoney(program.command('refund').description('gives back a part of a pay-out, or all of it'))
    .argument('<pay-out>', 'its id')
    .action(async (id, options) => end(await refund(id, options, terminal)));
  const payIns = program.command('pay-ins').description('those that were taken');
  withAfter(payIns.command('show').description('what became of one'))
    .argument('<receipt>', 'as pay-in says it')
    .argument('<command>', 'its command id')
    .action(async (receipt, id, options) => end(await showPayIn(receipt, id, options, terminal)));
  const payOuts = program.command('pay-outs').description('those that were made');
  withAfter(payOuts.command('show').description('of which account, from which parts, when'))
    .argument('<pay-out>', 'its id')
    .action(async (id, options) => end(await showPayOut(id, options, terminal)));
  addBulks(program, payOuts, terminal, end);
}

function addHolds(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const holds = program.command('holds').description('amounts that are set aside, and paid later');
  const withHeldFor = (command: Command): Command =>
    command.option('--held-for <time>', 'such as 15m, 2h, 7d; default a week', parseDuration);
  const withNotes = (command: Command): Command =>
    withNearest(command)
      .requiredOption('--amount <decimal>', 'such as 12.50')
      .requiredOption('--currency <code>', "the account's")
      .option('--reference <text>', 'shown in the history')
      .option('--metadata <json>', 'a JSON object', parseJsonObject);
  const withKey = (command: Command): Command =>
    command
      .option('--key <text>', 'the same again is done once; default a new one')
      .option('--yes', 'do not ask');
  withHeldFor(withKey(withNotes(holds.command('authorise').description('holds, or says why not'))))
    .argument('<account>', 'its id', parseAccount)
    .option('--local-only', "of its home's part alone")
    .action(async (id, options) => end(await authoriseHold(id, options, terminal)));
  withKey(withNotes(holds.command('capture').description('pays a part of it, or all')))
    .argument('<hold>', 'its id')
    .action(async (id, options) => end(await captureHold(id, options, terminal)));
  withKey(withNotes(holds.command('refund').description('gives back a part of a capture, or all')))
    .argument('<hold>', 'its id')
    .argument('<capture>', 'as capture says it')
    .action(async (holdId, captureId, options) =>
      end(await refundCapture({ holdId, captureId }, options, terminal)),
    );
  withKey(withNearest(holds.command('void').description('gives back what is left of it')))
    .argument('<hold>', 'its id')
    .action(async (id, options) => end(await voidHold(id, options, terminal)));
  withNearest(holds.command('extend').description('later, never earlier'))
    .argument('<hold>', 'its id')
    .requiredOption('--held-for <time>', 'from now on, such as 15m, 2h, 7d', parseDuration)
    .option('--key <text>', 'the same again is done once; default a new one')
    .action(async (id, options) => end(await extendHold(id, options, terminal)));
  withAfter(holds.command('show').description('what it holds, what became of the rest, where'))
    .argument('<hold>', 'its id')
    .action(async (id, options) => end(await showHold(id, options, terminal)));
}

function addServices(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  const services = program
    .command('services')
    .description('what is charged for, and at which price');
  withAfter(services.command('list').description('all of them')).action(async (options) =>
    end(await listServices(options, terminal)),
  );
  withAfter(services.command('show').description('with all its prices'))
    .argument('<service>', 'its id')
    .action(async (id, options) => end(await showService(id, options, terminal)));
  withNearest(services.command('create').description('named once: the same again is the same'))
    .argument('<name>', 'of the service')
    .requiredOption('--price <decimal>', 'of one unit, such as 0.0125')
    .requiredOption('--currency <code>', 'of the accounts that may be charged')
    .option('--unit <text>', 'what quantities are counted in, such as MB')
    .action(async (name, options) => end(await createService(name, options, terminal)));
  withNearest(services.command('reprice').description('sets its price from a time on'))
    .argument('<service>', 'its id')
    .requiredOption('--price <decimal>', 'of one unit')
    .option('--from <time>', 'such as 2027-01-01T00:00:00Z; default now')
    .action(async (id, options) => end(await repriceService(id, options, terminal)));
  withNearest(services.command('retire').description('charges it no more, for good'))
    .argument('<service>', 'its id')
    .option('--yes', 'do not ask')
    .action(async (id, options) => end(await retireService(id, options, terminal)));
}

function addActs(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  withNode(
    program
      .command('acts')
      .description('who did what to accounts, messages and offsets, from where; newest first'),
  )
    .option('--since <time>', 'from then on, such as 2026-01-01T12:00:00Z', parseTime)
    .option('--until <time>', 'before then', parseTime)
    .option('--client <name>', "as the token has it, or 'psql <role>'")
    .option('--object <name>', 'an account, a message, topic/partition', parseObject)
    .option('--limit <number>', 'at most', parseLimit, 50)
    .action(async (options) => end(await listAllActs(options, terminal)));
}

function addAudit(program: Command, terminal: Terminal, end: (exitCode: number) => void): void {
  withNode(
    program
      .command('verify')
      .description(
        'checks every invariant over everything, on the live system; amounts are minor units',
      ),
  )
    .option('--account <id>', 'of this account: what can be looked up by account', parseAccount)
    .action(async (options) => end(await verify(options, terminal)));
  withNode(
    program.command('audit').description('what the auditors in the background have found by now'),
  )
    .option('--all', 'also what is gone')
    .option('--limit <number>', 'of each node at most', parseLimit, 50)
    .action(async (options) => end(await showAudit(options, terminal)));
}
