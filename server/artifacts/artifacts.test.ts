import { beforeAll, describe, expect, test } from 'vitest';
import { blankSpec } from '@/lib/contracts/agents';
import type { JsonValue } from '@/lib/contracts/json';
import { guardedFetch } from '../http/guarded';
import { makeRun, makeScene, type Scene } from '../testing/scene';
import { setSilentRunner } from '../testing/silent-runner';
import { findTool, runTool } from '../tools/registry';
import type { MachineTool } from '../tools/tool';
import { getArtifact, listArtifacts, writeArtifact } from './service';

let scene: Scene;
let runId: string;
beforeAll(async () => {
  setSilentRunner();
  scene = await makeScene();
  runId = (await makeRun(scene)).id;
});

const run = (name: string, input: JsonValue, id: string | undefined = runId) =>
  runTool(findTool(name) as MachineTool, input, {
    signal: new AbortController().signal,
    http: guardedFetch,
    ctx: scene.owner,
    runId: id,
    spec: blankSpec(),
  });

describe('the files of a run', () => {
  test('are written, replaced, listed and read in pieces', async () => {
    await run('write_file', { name: 'Bericht ü.md', content: 'old' });
    expect(
      await run('write_file', { name: 'Bericht ü.md', content: '0123456789', contentType: 'text/markdown' }),
    ).toEqual({
      ok: true,
      output: {
        name: 'Bericht ü.md',
        bytes: 10,
        sha256: '84d89877f0d4041efb6bf91a16f0248f2fd573e6af05c19f96bedb9f882f7882',
      },
    });
    expect(await run('list_files', {})).toEqual({
      ok: true,
      output: { files: [{ name: 'Bericht ü.md', contentType: 'text/markdown', bytes: 10 }] },
    });
    expect(await run('read_file', { name: 'Bericht ü.md', from: 2, characters: 3 })).toEqual({
      ok: true,
      output: { name: 'Bericht ü.md', content: '234', characters: 10, goOnFrom: 5 },
    });
    const [file] = await listArtifacts(scene.owner, { runId });
    const { content } = await getArtifact(scene.owner, { artifactId: file?.id ?? '' });
    expect(content.toString()).toBe('0123456789');
  });

  test('hold any bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const file = { name: 'all.bin', content: bytes.toString('base64'), encoding: 'base64', contentType: 'image/png' };
    expect(await run('write_file', file)).toMatchObject({ ok: true });
    const listed = (await listArtifacts(scene.owner, { runId })).find(({ name }) => name === 'all.bin');
    expect((await getArtifact(scene.owner, { artifactId: listed?.id ?? '' })).content.equals(bytes)).toBe(true);
    expect(await run('read_file', { name: 'all.bin' })).toMatchObject({
      error: 'all.bin is image/png, which is no text.',
    });
  });

  test.each(['../a', '/etc/passwd', 'a/b', '', '.hidden', 'a\nb', 'a\u0000b', 'x'.repeat(121)])(
    'are not named %j',
    async (name) => {
      expect(await run('write_file', { name, content: 'x' })).toMatchObject({ ok: false });
    },
  );

  test('have limits', async () => {
    const content = Buffer.alloc(5_000_001);
    const file = { runId, name: 'large', contentType: 'text/plain' };
    await expect(writeArtifact(scene.owner, { ...file, content })).rejects.toThrow('at most 5 MB');
    const { id } = await makeRun(scene);
    const most = Buffer.alloc(5_000_000);
    for (let at = 0; at < 10; at += 1) {
      await writeArtifact(scene.owner, { ...file, runId: id, name: `f${at}`, content: most });
    }
    const write = (name: string) => writeArtifact(scene.owner, { ...file, runId: id, name, content: most });
    await expect(write('f10')).rejects.toThrow('at most 50 MB together');
    expect(await write('f9')).toMatchObject({ bytes: 5_000_000 });
  });

  test('are of their run, and of their organization', async () => {
    const { id } = await makeRun(scene);
    expect(await run('read_file', { name: 'Bericht ü.md' }, id)).toMatchObject({
      ok: false,
      error: 'There is no file Bericht ü.md in this run. There are: none.',
    });
    const [file] = await listArtifacts(scene.owner, { runId });
    const { owner } = await makeScene();
    await expect(getArtifact(owner, { artifactId: file?.id ?? '' })).rejects.toThrow('no such file');
    expect(await listArtifacts(owner, { runId })).toEqual([]);
    await expect(
      writeArtifact(owner, { runId, name: 'x', contentType: 'text/plain', content: Buffer.of(1) }),
    ).rejects.toThrow();
    expect(await run('write_file', { name: 'x', content: 'x' }, '')).toMatchObject({
      error: expect.stringContaining('Files belong to a run'),
    });
  });
});
