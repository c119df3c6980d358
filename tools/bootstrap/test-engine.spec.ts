import { chooseTestEngine } from './test-engine.mjs';

describe('the engine of a test run', () => {
  const there = { isDockerThere: () => true };
  const away = { isDockerThere: () => false };

  test('is what TEST_ENGINE says, whatever answers', () => {
    expect(chooseTestEngine({ TEST_ENGINE: 'native' }, there)).toMatchObject({ name: 'native' });
    expect(chooseTestEngine({ TEST_ENGINE: 'docker' }, away)).toMatchObject({ name: 'docker' });
    expect(() => chooseTestEngine({ TEST_ENGINE: 'podman' }, there)).toThrow(
      'TEST_ENGINE is "podman": say native or docker',
    );
  });

  test('is docker where a Docker engine answers, else native, and says why', () => {
    expect(chooseTestEngine({}, there)).toEqual({
      name: 'docker',
      why: 'a Docker engine answers',
      isForced: false,
    });
    expect(chooseTestEngine({ TEST_ENGINE: '' }, away)).toEqual({
      name: 'native',
      why: 'no Docker engine answers',
      isForced: false,
    });
  });

  test('is native where Docker runs on another machine', () => {
    const remote = { DOCKER_HOST: 'tcp://build-host:2376' };
    expect(chooseTestEngine(remote, there)).toMatchObject({ name: 'native' });
    const local = { DOCKER_HOST: 'unix:///run/user/1000/docker.sock' };
    expect(chooseTestEngine(local, there)).toMatchObject({ name: 'docker' });
  });
});
