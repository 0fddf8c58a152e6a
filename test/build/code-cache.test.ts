import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';

import { afterAll, expect, test, vi } from 'vitest';

import { makeCodeCache } from '../../native/build/code-cache.mjs';
import { wrapped } from '../../native/build/wrapped.mjs';
import { packageRoot, packageVersion } from '../../src/base/package.ts';

const folder = mkdtempSync(join(tmpdir(), 'mpicount-code-cache-'));
const dist = join(folder, 'dist');
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function copyDist(): void {
  for (const part of ['package.json', 'dist']) cpSync(join(packageRoot, part), join(folder, part), { recursive: true });
}

/** Copies the addons, without which the program cannot be run for its cache. */
function copyAddons(): void {
  const filter = (path: string) => !path.includes('obj.target');
  cpSync(join(packageRoot, 'build', 'Release'), join(folder, 'build', 'Release'), { recursive: true, filter });
}

const sizeOf = (name: string) => statSync(join(dist, name)).size;
const caches = () => readdirSync(dist).filter((name) => name.endsWith('.cache'));
function isRejected(name: string): boolean | undefined {
  const cachedData = readFileSync(join(dist, name));
  return new Script(wrapped(readFileSync(join(dist, 'program.cjs'), 'latin1')), { cachedData }).cachedDataRejected;
}

const version = () => execFileSync(process.execPath, [join(dist, 'mpicount.cjs'), '--version']).toString();

test('V8 accepts the code cache of the bundle', () => {
  copyDist();
  makeCodeCache(dist);
  expect(caches()).toHaveLength(1);
  expect(isRejected(caches()[0] ?? '')).toBe(false);
  expect(version()).toBe(`mpicount ${packageVersion}\n`);
});

test('the code cache has the functions that a count calls, also if it is made within a job', () => {
  copyDist();
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  makeCodeCache(dist);
  const [name = ''] = caches();
  const without = sizeOf(name);
  copyAddons();
  for (const variable of ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'SLURM_NTASKS']) vi.stubEnv(variable, '0');
  makeCodeCache(dist);
  vi.unstubAllEnvs();
  expect(sizeOf(name)).toBeGreaterThan(1.5 * without);
  expect(isRejected(name)).toBe(false);
  expect(version()).toBe(`mpicount ${packageVersion}\n`);
});

test('the program runs without its code cache, and with one that V8 refuses', () => {
  copyDist();
  makeCodeCache(dist);
  const [name = ''] = caches();
  writeFileSync(join(dist, name), 'no cache');
  expect(version()).toBe(`mpicount ${packageVersion}\n`);
  rmSync(join(dist, name));
  expect(version()).toBe(`mpicount ${packageVersion}\n`);
});

test('caches of other programs are removed, those of other versions of Node stay', () => {
  copyDist();
  makeCodeCache(dist);
  const [name = ''] = caches();
  const ofOtherNode = name.replace(process.version, 'v99.0.0');
  for (const other of ['program-0123456789abcdef-v20.0.0-x64.cache', ofOtherNode]) writeFileSync(join(dist, other), '');
  makeCodeCache(dist);
  expect(caches().sort()).toEqual([name, ofOtherNode].sort());
});
