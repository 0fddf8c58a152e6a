// Stands in for node-gyp: "compiles" by copying what was compiled for the tests, so that a build takes no time. `REAL` is the
// project's own folder. With FAKE_OFFLINE it can download no headers.
const { spawnSync } = require('node:child_process');
const { copyFileSync, existsSync, mkdirSync, realpathSync } = require('node:fs');
const path = require('node:path');

const real = process.env['REAL'] ?? '';
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (words[0] === 'install') process.exit(process.env['FAKE_OFFLINE'] === undefined ? 0 : 1);

const here = process.cwd();
for (const name of ['binding.gyp', 'package.json', 'native/mpi/addon.cc', 'build/node-addon-api/napi.h']) {
  if (!existsSync(name)) throw new Error(`${name} is missing in ${here}`);
}
const script = path.join(realpathSync('native'), 'build', 'find-mpi.mjs');
const family = spawnSync(process.execPath, [script, '--family'], { encoding: 'utf8' }).stdout.trim();
const release = path.join(here, 'build', 'Release');
const places = ['build/Release', 'build-mpi'].map((folder) => path.join(real, folder, family, 'mpi.node'));
mkdirSync(path.join(release, family), { recursive: true });
copyFileSync(places.find((place) => existsSync(place)) ?? '', path.join(release, family, 'mpi.node'));
if (words.join(' ') === 'configure build')
  copyFileSync(path.join(real, 'build/Release/scan.node'), path.join(release, 'scan.node'));
else if (words.join(' ') !== 'configure build mpi') throw new Error(`node-gyp ${words.join(' ')}`);
