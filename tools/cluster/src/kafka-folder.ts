import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jaasConfig, tlsSettings } from './kafka-settings.js';
import { adminLogin, securityProtocol, type KafkaUsers } from './kafka-users.js';

type Properties = Readonly<Record<string, string>>;

/** `<home>/dc1/kafka`: what a broker and Kafka's own tools read, whichever the engine; its owner's alone. */
export class KafkaFolder {
  constructor(
    readonly path: string,
    private readonly users: KafkaUsers | undefined,
  ) {}

  /** All settings. A broker in a container reads here what its variables must not say. */
  get configurationFile(): string {
    return join(this.path, 'server.properties');
  }

  /** Tells of the users and rights that the broker has. */
  get usersMadeFile(): string {
    return join(this.path, 'users-created');
  }

  /** Key and certificate in one file; undefined in plain text. */
  get keystoreFile(): string | undefined {
    return this.users?.tls && this.keystore;
  }

  /** Before each start: the settings, and all that they name. */
  prepare(settings: Properties): void {
    // Messages and passwords: for their owner alone, also where an older version made the folder.
    mkdirSync(this.path, { recursive: true });
    chmodSync(this.path, 0o700);
    this.writeKeystore();
    writePrivately(this.configurationFile, settings);
    this.writeAdminProperties();
  }

  /** A setting as the file has it; undefined: there is no file. */
  setting(name: string): string | undefined {
    if (!existsSync(this.configurationFile)) return undefined;
    const lines = readFileSync(this.configurationFile, 'utf8').split('\n');
    return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  }

  private get keystore(): string {
    return join(this.path, 'keystore.pem');
  }

  /** In plain text none is left. */
  private writeKeystore(): void {
    rmSync(this.keystore, { force: true });
    if (this.users?.tls === undefined) return;
    const { keyFile, certFile } = this.users.tls;
    const parts = [keyFile, certFile].map((part) => readFileSync(part, 'utf8'));
    writeFileSync(this.keystore, parts.join('\n'), { mode: 0o600 });
  }

  /** What Kafka's own tools take as --command-config. */
  private writeAdminProperties(): void {
    if (this.users === undefined) return;
    writePrivately(join(this.path, 'admin.properties'), {
      'security.protocol': securityProtocol(this.users),
      ...(this.users.tls && tlsSettings(this.users.tls)),
      'sasl.mechanism': 'SCRAM-SHA-512',
      'sasl.jaas.config': jaasConfig(adminLogin(this.users)),
    });
  }
}

function writePrivately(file: string, properties: Properties): void {
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}
