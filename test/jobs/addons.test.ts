import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { findBuilds } from '../../src/mpi/builds.ts';
import { addonRoots, packageRoot, packageVersion } from '../../src/base/package.ts';
import { launcherOf, mpis, ownLines, run, temporaryFolder, type Mpi } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const timeoutSeconds = 30;
const text = join(folder, 'text');
writeFileSync(text, 'love lovely\n');
const scan = join('build', 'Release', 'scan.node');

function mpiAddon(mpi: Mpi): string {
  const build = findBuilds().find(({ name }) => name === mpi);
  if (!build) throw new Error(`no build for ${mpi}`);
  return relative(packageRoot, build.path);
}

/** A copy of the package with these addons in it, of which the `old` ones were built for an older version. */
function packageWith(name: string, addons: string[], old: string[] = []): string {
  const copy = join(folder, name);
  for (const part of ['package.json', 'dist', ...addons]) {
    cpSync(join(packageRoot, part), join(copy, part), { recursive: true });
  }
  for (const addon of old) {
    const bytes = readFileSync(join(copy, addon));
    bytes.write('0.0.0', bytes.indexOf(`\0${packageVersion}\0`) + 1);
    writeFileSync(join(copy, addon), bytes);
  }
  return copy;
}

async function count(mpi: Mpi, copy: string, environment: Record<string, string> = {}) {
  const program = join(copy, 'dist', 'mpicount.cjs');
  const command = [launcherOf(mpi), '-np', '2', process.execPath, program, 'count', 'love', text];
  const outcome = await run(command, { timeoutSeconds, environment });
  return { status: outcome.status, stdout: outcome.stdout.toString(), lines: ownLines(outcome) };
}

describe.each(mpis)('%s, 2 ranks', (mpi) => {
  const addons = [mpiAddon(mpi), scan];

  test.each(['mpi', 'scan'])('an outdated %s addon is reported', { timeout: 40_000 }, async (which) => {
    const addon = which === 'mpi' ? mpiAddon(mpi) : scan;
    const copy = packageWith(`old-${which}-${mpi}`, addons, [addon]);
    const program = join(copy, 'dist', 'mpicount.cjs');
    const { status, stdout, lines } = await count(mpi, copy);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(lines.map((line) => line.replace(/(rank 0 on) \S+:/, '$1 HOST:'))).toEqual([
      `mpicount: rank 0 on HOST: cannot load ${join(copy, addon)}: it belongs to mpicount 0.0.0, ` +
        `but this is ${packageVersion}; build it again with: node ${program} build`,
    ]);
  });

  test("addons in the user's folder replace those that do not load", { timeout: 40_000 }, async () => {
    const copy = packageWith(`replaced-${mpi}`, addons, addons);
    const data = join(folder, `data-${mpi}`);
    const own = join(data, relative(dirname(dirname(addonRoots()[1]!)), addonRoots()[1]!));
    for (const addon of addons) {
      mkdirSync(dirname(join(own, addon)), { recursive: true });
      cpSync(join(packageRoot, addon), join(own, addon));
    }
    expect(await count(mpi, copy, { XDG_DATA_HOME: data })).toEqual({ status: 0, stdout: '2\tlove\n', lines: [] });
  });
});
