import { variableOf } from './kafka-container.js';

test('a setting of Kafka is the variable that its image turns back into it', () => {
  expect(variableOf('process.roles')).toBe('KAFKA_PROCESS_ROLES');
  expect(variableOf('a.name_with-all')).toBe('KAFKA_A_NAME__WITH___ALL');
});
