import { Alarm } from './alarm.js';

test('an alarm is said at once, and again after a minute at the earliest', () => {
  const said: object[] = [];
  let nowMs = 0;
  const alarm = new Alarm(
    (facts) => said.push(facts),
    () => nowMs,
  );
  for (; nowMs < 150_000; nowMs += 1_000) alarm.raise({ nowMs });
  expect(said).toEqual([{ nowMs: 0 }, { nowMs: 60_000 }, { nowMs: 120_000 }]);
});
