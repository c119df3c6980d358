import type { Database, Row, Session } from '@billing/database';
import { createLog } from '@billing/observability';
import { PeerSessions } from './peer-sessions.js';

/** Makes sessions at once, and knows how many there are. */
class FakeDatabase {
  made = 0;
  open = 0;
  openMax = 0;

  async connect(): Promise<Session> {
    this.made += 1;
    this.open += 1;
    this.openMax = Math.max(this.openMax, this.open);
    let isReleased = false;
    const session = {
      isLost: false,
      query: (calling: string): Promise<Row[]> =>
        Promise.resolve(calling === 'reserve_at_nodes' ? [{ answers: [] }] : []),
      release: () => {
        if (!isReleased) this.open -= 1;
        isReleased = true;
      },
    };
    return session as unknown as Session;
  }
}

const SESSIONS_MAX = 3;

function peerSessions(database: FakeDatabase): PeerSessions {
  return new PeerSessions({
    database: database as unknown as Database,
    purpose: 'to ask',
    sessionsMax: SESSIONS_MAX,
    nodeId: 1,
    timeoutMs: 100,
    log: createLog({ app: 'spec', nodeId: 1, level: 'silent' }),
  });
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe('PeerSessions', () => {
  let database: FakeDatabase;
  let sessions: PeerSessions;
  let inUse: number;
  let inUseMax: number;
  let endings: (() => void)[];

  /** A call that waits for its answer. */
  const ask = (): Promise<void> =>
    sessions.use(async () => {
      inUse += 1;
      inUseMax = Math.max(inUseMax, inUse);
      await new Promise<void>((resolve) => endings.push(resolve));
      inUse -= 1;
    });

  beforeEach(() => {
    database = new FakeDatabase();
    sessions = peerSessions(database);
    inUse = 0;
    inUseMax = 0;
    endings = [];
  });

  afterEach(() => sessions.stop());

  it('that are all in use keep waiting who comes then, however many, and each is served in its turn', async () => {
    const asked = Array.from({ length: 4 * SESSIONS_MAX }, ask);
    await settled();
    expect(inUse).toBe(SESSIONS_MAX);
    for (let i = 0; i < asked.length; i += 1) {
      endings[i]!();
      await settled();
    }
    await Promise.all(asked);
    expect(inUseMax).toBe(SESSIONS_MAX);
    // One is warmed while others are in use.
    expect(database.openMax).toBeLessThanOrEqual(SESSIONS_MAX + 1);
  });

  it('are kept for the next, and no more than may be in use', async () => {
    for (let round = 0; round < 3; round += 1) {
      const asked = Array.from({ length: 2 * SESSIONS_MAX }, ask);
      for (let ended = 0; ended < asked.length;) {
        await settled();
        ended += endings.length;
        endings.splice(0).forEach((end) => end());
      }
      await Promise.all(asked);
      expect(database.open).toBeLessThanOrEqual(SESSIONS_MAX);
    }
    expect(database.open).toBeGreaterThan(0);
    expect(database.made).toBeLessThanOrEqual(SESSIONS_MAX + 3);
  });

  it('are left by a call that throws, and the next one has another', async () => {
    await expect(
      sessions.use(() => Promise.reject(new Error('the connection broke'))),
    ).rejects.toThrow('the connection broke');
    await expect(sessions.use(() => Promise.resolve('asked'))).resolves.toBe('asked');
  });

  it('give nothing to who waited when they are to end', async () => {
    const asked = Array.from({ length: SESSIONS_MAX }, ask);
    const late = sessions
      .use(() => Promise.resolve('asked'))
      .catch((error: Error) => error.message);
    await settled();
    await sessions.stop();
    endings.forEach((end) => end());
    await Promise.all(asked);
    await expect(late).resolves.toBe('no more sessions are wanted');
    expect(database.open).toBe(0);
  });
});
