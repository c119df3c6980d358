import {
  DEFAULT_TENANT,
  isTenantName,
  isUpstreamName,
  TENANT_RULE,
  UPSTREAM_NAME_RULE,
  upstreamTopicOf,
  type UpstreamTopic,
} from '@billing/contracts';
import { IsString } from 'class-validator';
import { ConfigError, readEnvironment, type Environment } from './environment.js';

class UpstreamTopicVariables {
  /** name=tenant, separated by spaces: `billing.payin.<name>` is that tenant's. The same for workers and gateways. */
  @IsString()
  PAY_IN_UPSTREAM_TOPICS: string = '';
}

/** A worker consumes each of them in a group of its own, and a gateway asks for each. */
const TOPICS_MAX = 32;
const VARIABLE = 'PAY_IN_UPSTREAM_TOPICS';

/** In the order of the variable. @throws ConfigError with all violations at once */
export function parseUpstreamTopics(env: Environment): readonly UpstreamTopic[] {
  const { PAY_IN_UPSTREAM_TOPICS: text } = readEnvironment(UpstreamTopicVariables, env);
  const entries = text.split(' ').filter(Boolean);
  const violations = entries.flatMap((entry, index) => {
    const where = `${VARIABLE}: entry ${index + 1}`;
    const [name = '', tenant, ...more] = entry.split('=');
    if (tenant === undefined || more.length > 0) {
      return [`${where} must look like name=tenant (${DEFAULT_TENANT} for those without tenants)`];
    }
    const isTwice = entries.findIndex((other) => other.startsWith(`${name}=`)) < index;
    return [
      ...(isUpstreamName(name) ? [] : [`${where}: its name ${UPSTREAM_NAME_RULE}`]),
      ...(isTwice ? [`${where}: its name must not come twice: a topic has one tenant`] : []),
      ...(isTenantName(tenant) ? [] : [`${where}: its tenant ${TENANT_RULE}`]),
    ];
  });
  if (entries.length > TOPICS_MAX)
    violations.push(`${VARIABLE} must not name more than ${TOPICS_MAX}`);
  if (violations.length > 0) throw new ConfigError(violations);
  return entries.map((entry) => {
    const [name = '', tenant = ''] = entry.split('=');
    return { topic: upstreamTopicOf(name), tenant };
  });
}
