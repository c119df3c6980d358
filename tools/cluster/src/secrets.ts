import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One password per role and per user of Kafka, made once and kept in `<home>/secrets/<name>.password`. */
export class Secrets {
  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  passwordFile(role: string): string {
    return join(this.folder, `${role}.password`);
  }

  password(role: string): string {
    const file = this.passwordFile(role);
    if (!existsSync(file)) {
      // Letters, digits, - and _ only: it stands unquoted in connection strings.
      writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    }
    return readFileSync(file, 'utf8').trim();
  }
}
