import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** An issuer of tokens that publishes its keys, and signs with one of them. */
export class RotatingIssuer {
  private published: readonly SigningKey[];
  private signing: SigningKey;

  private constructor(private readonly server: Server) {
    this.signing = makeKey('first');
    this.published = [this.signing];
    server.on('request', (_, response) => {
      void this.keySet().then((keys) => response.end(JSON.stringify({ keys })));
    });
  }

  static async start(): Promise<RotatingIssuer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new RotatingIssuer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jwks`;
  }

  /** Publishes one more key, and signs with it from now on. */
  rotate(kid: string): void {
    const next = makeKey(kid);
    this.published = [...this.published, next];
    this.signing = next;
  }

  /** Publishes nothing but what it signs with. */
  forget(): void {
    this.published = [this.signing];
  }

  /** Another one each time, so that nobody believes it from before. */
  signToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      scope: 'pay-ins:write pay-outs:write',
      sub: 'shop',
      jti: String(Math.random()),
    })
      .setProtectedHeader({ alg: 'ES256', kid: this.signing.kid })
      .setIssuer('geo-billing')
      .setAudience('geo-billing')
      .setIssuedAt(now)
      .setExpirationTime(now + 300)
      .sign(this.signing.privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private keySet(): Promise<object[]> {
    return Promise.all(
      this.published.map(async ({ kid, publicKey }) => ({ kid, ...(await exportJWK(publicKey)) })),
    );
  }
}

function makeKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}
