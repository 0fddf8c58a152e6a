import { describe, expect, test } from 'vitest';
import { findHs } from '../../native/config/find-hs.mjs';
import { Site } from './site.ts';

const HEADER = '#define HS_MAJOR 5\n#define HS_MINOR 4\n#define HS_PATCH 11\n';

describe('Vectorscan', () => {
  test('by pkg-config', () => {
    const site = new Site();
    site.file('vs/include/hs/hs.h', HEADER);
    site.program(
      'bin/pkg-config',
      `[ "$3" = libhs ] && echo "-I${site.root}/vs/include/hs -L${site.root}/vs/lib -lhs"`,
    );
    expect(findHs(site.env)).toEqual({
      version: '5.4.11',
      source: 'pkg-config libhs',
      cflags: ['-isystem', `${site.root}/vs/include/hs`],
      libs: [`-L${site.root}/vs/lib`, '-lhs', `-Wl,-rpath,${site.root}/vs/lib`],
      attempts: [],
    });
  });

  test('in a conda environment without pkg-config', () => {
    const site = new Site();
    site.file('include/hs/hs.h', HEADER);
    site.file('lib/libhs.so', '');
    site.env['CONDA_PREFIX'] = site.root;
    expect(findHs(site.env)).toMatchObject({
      source: `${site.root}/include/hs/hs.h`,
      libs: [`-L${site.root}/lib`, '-lhs', `-Wl,-rpath,${site.root}/lib`],
      attempts: [{ name: 'pkg-config libhs', reason: 'pkg-config: not found' }],
    });
  });

  test.each([
    [{ MPICOUNT_HS_LIBS: '-L/x' }, /MPICOUNT_HS_CFLAGS and MPICOUNT_HS_LIBS does not work: no library/],
    [{ MPICOUNT_HS_CFLAGS: '-I/x', MPICOUNT_HS_LIBS: '-lhs' }, /hs\.h/],
  ])('a wrong override is an error: %j', (override, message) => {
    const site = new Site();
    site.file('include/hs/hs.h', HEADER);
    expect(() => findHs({ ...site.env, CONDA_PREFIX: site.root, ...override })).toThrow(message);
  });

  test('the right override', () => {
    const site = new Site();
    site.file('mine/hs.h', HEADER);
    const env = { ...site.env, MPICOUNT_HS_CFLAGS: `-I${site.root}/mine`, MPICOUNT_HS_LIBS: '/mine/libhs.a' };
    expect(findHs(env)).toMatchObject({ version: '5.4.11', libs: ['/mine/libhs.a'] });
  });
});
