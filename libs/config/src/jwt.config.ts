import { IsIn, IsNotEmpty, IsOptional, IsString, IsUrl } from 'class-validator';
import { ConfigError, type Environment } from './environment.js';
import { findPlaintext } from './transport.config.js';
import { CommonVariables, WholeNumber } from './variables.js';

/** Whom an app with an interface for clients believes. */
export interface JwtConfig {
  /** SPKI in PEM. Either this or `jwksUrl` is set. */
  readonly publicKeyFile: string | undefined;
  readonly jwksUrl: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeMaxS: number;
  readonly tenantClaim: string;
  readonly wantsTenant: boolean;
}

/** Variables of the apps that check tokens: gateway and coordinator. */
export class JwtVariables extends CommonVariables {
  @IsOptional()
  @IsString()
  JWT_PUBLIC_KEY_FILE?: string;

  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true })
  JWT_JWKS_URL?: string;

  /** Production with keys that come in plain text: whoever changes them on the way is believed. */
  @IsIn(['true', 'false'])
  JWT_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';

  @IsString()
  JWT_ISSUER: string = 'geo-billing';

  @IsString()
  JWT_AUDIENCE: string = 'geo-billing';

  /** The longest that a token may last, from its issue to its end; 24 hours. */
  @WholeNumber(60, 31_622_400)
  JWT_LIFETIME_MAX_S: number = 86_400;

  /** The claim that names the client's tenant, or a list of them, or `*`. */
  @IsString()
  @IsNotEmpty()
  JWT_TENANT_CLAIM: string = 'tenant';

  /** `true`: a token without that claim is refused; else it is the default tenant's. */
  @IsIn(['true', 'false'])
  JWT_TENANT_REQUIRED: 'true' | 'false' = 'false';
}

/** @throws ConfigError unless exactly one source of keys is named, and can be trusted */
export function groupJwt(variables: JwtVariables, env: Environment): JwtConfig {
  const { JWT_PUBLIC_KEY_FILE: publicKeyFile, JWT_JWKS_URL: jwksUrl } = variables;
  if ((publicKeyFile === undefined) === (jwksUrl === undefined)) {
    throw new ConfigError(['one of JWT_PUBLIC_KEY_FILE and JWT_JWKS_URL must be set, not both']);
  }
  if (jwksUrl !== undefined && new URL(jwksUrl).protocol === 'http:') {
    const what = 'JWT_JWKS_URL brings the keys of tokens in plain text';
    const violations = findPlaintext(env, 'JWT_ALLOW_PLAINTEXT', what, 'give it an https: URL');
    if (violations.length > 0) throw new ConfigError(violations);
  }
  return {
    publicKeyFile,
    jwksUrl,
    issuer: variables.JWT_ISSUER,
    audience: variables.JWT_AUDIENCE,
    lifetimeMaxS: variables.JWT_LIFETIME_MAX_S,
    tenantClaim: variables.JWT_TENANT_CLAIM,
    wantsTenant: variables.JWT_TENANT_REQUIRED === 'true',
  };
}
