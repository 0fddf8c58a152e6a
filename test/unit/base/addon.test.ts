import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

import { AddonError, loadAddon } from '../../../src/base/addon.ts';
import { addonRoots, packageRoot, packageVersion } from '../../../src/base/package.ts';
import { program, temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
afterEach(() => vi.unstubAllEnvs());

const scan = join(packageRoot, 'build', 'Release', 'scan.node');
const otherVersion = packageVersion.replace(/^./, '9');

/** The scan addon as another version would have built it. */
function withOtherVersion(path: string): string {
  const bytes = readFileSync(scan);
  const at = bytes.indexOf(`\0${packageVersion}\0`);
  expect(at).toBeGreaterThan(0);
  bytes.write(otherVersion, at + 1);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}

describe('an addon that does not load', () => {
  test('is reported when it belongs to another version', () => {
    const path = withOtherVersion(join(folder, 'other.node'));
    const message =
      `cannot load ${path}: it belongs to mpicount ${otherVersion}, but this is ${packageVersion}; ` +
      `build it again with: node ${program} build`;
    expect(() => loadAddon(path)).toThrow(new AddonError(message));
    expect(() => loadAddon(path)).toThrow(AddonError);
  });

  test('is reported when it is missing', () => {
    const path = join(folder, 'none.node');
    expect(() => loadAddon(path)).toThrow(
      new AddonError(`cannot load ${path}: it is not built; build it with: node ${program} build`),
    );
  });

  test('is reported when it is not an addon', () => {
    const path = join(folder, 'text.node');
    writeFileSync(path, 'text');
    expect(() => loadAddon(path, 'load the module')).toThrow(
      new AddonError(
        `cannot load ${path}: ${path}: file too short; load the module, or build it again with: node ${program} build`,
      ),
    );
  });
});

test("an addon missing in the package is loaded from the user's folder", () => {
  vi.stubEnv('XDG_DATA_HOME', folder);
  const own = addonRoots()[1]!;
  expect(own).toBe(join(folder, 'mpicount', `${packageVersion}-${process.platform}-${process.arch}`));
  mkdirSync(join(own, 'build', 'Release'), { recursive: true });
  cpSync(scan, join(own, 'build', 'Release', 'scan2.node'));
  expect(loadAddon(join(packageRoot, 'build', 'Release', 'scan2.node'))).toHaveProperty('vectors');

  // That one must be of this version, too.
  const path = withOtherVersion(join(own, 'build', 'Release', 'scan3.node'));
  expect(() => loadAddon(join(packageRoot, 'build', 'Release', 'scan3.node'))).toThrow(
    `cannot load ${path}: it belongs to mpicount ${otherVersion}`,
  );
});
