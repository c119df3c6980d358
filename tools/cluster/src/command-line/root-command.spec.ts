import { createRootCommand, parseCount } from './root-command.js';

test('a count is a whole number above 0', () => {
  expect(['1', '25', '999999999'].map(parseCount)).toEqual([1, 25, 999_999_999]);
  for (const wrong of ['', '0', '-1', '1.5', '1e3', '0x1', ' 1', '01', '1000000000', 'all']) {
    expect(() => parseCount(wrong)).toThrow('must be a whole number above 0');
  }
});

test('a command says everything through its speech and throws where it would end the process', () => {
  const said: string[] = [];
  const speech = {
    print: (line: string) => void said.push(`out: ${line}`),
    complain: (line: string) => void said.push(`err: ${line}`),
  };
  const parse = (...args: string[]): unknown =>
    createRootCommand('purse', speech)
      .option('--coins <number>', 'in it', parseCount)
      .parse(args, { from: 'user' })
      .opts();
  expect(parse('--coins', '3')).toEqual({ coins: 3 });
  expect(said).toEqual([]);
  expect(() => parse('--coins', '0')).toThrow(expect.objectContaining({ exitCode: 1 }));
  expect(said).toEqual([
    "err: error: option '--coins <number>' argument '0' is invalid. must be a whole number above 0",
    'err: (--help tells more)',
  ]);
  said.length = 0;
  expect(() => parse('--help')).toThrow(expect.objectContaining({ exitCode: 0 }));
  expect(said).toEqual([expect.stringContaining('out: Usage: purse [options]')]);
});
