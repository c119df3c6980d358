import { describeProgress, Progress } from './progress.js';

const facts = {
  what: 'pay-ins sent',
  done: 250,
  total: 1_000,
  ratePerSecond: 125,
  elapsedMs: 2_000,
  barLength: 0,
};

test('a line tells share, count, rate and time left', () => {
  expect(describeProgress(facts)).toBe('pay-ins sent         25%  250 of 1,000  125/s  6.0 s left');
  expect(describeProgress({ ...facts, barLength: 28 })).toContain('[#######.....................]');
});

test('nothing moving is waiting; all done tells how long it took', () => {
  expect(describeProgress({ ...facts, ratePerSecond: 0 })).toMatch(
    / 25% {2}250 of 1,000 {2}waiting$/,
  );
  expect(describeProgress({ ...facts, done: 1_000 })).toMatch(/100% {2}1,000 of 1,000 {2}2\.0 s$/);
});

test('a terminal has one line redrawn, and notes above it', () => {
  let screen = '';
  const terminal = { isTerminal: true, width: 80, write: (text: string) => void (screen += text) };
  const progress = new Progress(terminal, 'sent', 10);
  progress.note('dc2: away');
  progress.set(10);
  progress.finish();
  const lines = screen.split('\n').map((line) => line.split('\u001b[2K').at(-1));
  expect(lines).toEqual([
    'dc2: away',
    expect.stringMatching(/^sent +\[#{10}\] 100% {2}10 of 10 {2}/),
    '',
  ]);
});

test('elsewhere the only line of a quick step is its last', () => {
  const lines: string[] = [];
  const pipe = { isTerminal: false, width: 80, write: (text: string) => void lines.push(text) };
  const progress = new Progress(pipe, 'sent', 10);
  for (let done = 1; done <= 10; done++) progress.set(done);
  progress.finish();
  expect(lines).toEqual([expect.stringMatching(/^sent +100% {2}10 of 10 {2}\d\.\d s\n$/)]);
});
