import { variableOf, withoutSecrets } from './kafka-container.js';

test('a setting of Kafka is the variable that its image turns back into it', () => {
  expect(variableOf('process.roles')).toBe('KAFKA_PROCESS_ROLES');
  expect(variableOf('a.name_with-all')).toBe('KAFKA_A_NAME__WITH___ALL');
});

test('a login is in no variable: that says where the broker finds it', () => {
  const login = 'listener.name.clients.scram-sha-512.sasl.jaas.config';
  const told = withoutSecrets(
    { 'node.id': '1', [login]: 'password="s3cret"' },
    '/home/x.properties',
  );
  expect(JSON.stringify(told)).not.toContain('s3cret');
  expect(told).toMatchObject({
    'node.id': '1',
    [login]: `\${file:/home/x.properties:${login}}`,
    'config.providers': 'file',
  });
  expect(withoutSecrets({ 'node.id': '1' }, '/home/x.properties')).toEqual({ 'node.id': '1' });
});
