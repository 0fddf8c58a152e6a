// Whole jobs over files in all formats that are decoded.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { compressed, pack, packWith } from '../decode/harness.ts';
import { casesOf, mpis, ownLines, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';
import { prose } from '../support/text.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const timeoutSeconds = 60;
const text = prose(60_000);
const plain = at('plain.txt');
/** A file of two units for each format, a BGZF file, and both byte orders of UTF-16. */
const packed = [...compressed.map((format) => at(`text.${format}`)), at('text.bgzf'), at('little.txt'), at('big.txt')];
const libraries = {
  gzip: { variable: 'MPICOUNT_LIBZ', soname: 'libz.so.1', module: 'zlib' },
  zstd: { variable: 'MPICOUNT_LIBZSTD', soname: 'libzstd.so.1', module: 'zstd' },
  xz: { variable: 'MPICOUNT_LIBLZMA', soname: 'liblzma.so.5', module: 'xz' },
  bzip2: { variable: 'MPICOUNT_LIBBZ2', soname: 'libbz2.so.1.0', module: 'bzip2' },
  lz4: { variable: 'MPICOUNT_LIBLZ4', soname: 'liblz4.so.1', module: 'lz4' },
};
type Environment = Readonly<Record<string, string>>;
const searched = ['-i', '-w', '-e', 'love', '-e', 'résumé', '-e', 'the'];

/** The offset of the second gzip member. */
let secondUnit = 0;

/** The environment of a job in which something goes wrong on one rank. */
const inOneRank = (rank: number, fault: Environment): Environment => ({
  NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'in-one-rank.cjs')}`,
  MPICOUNT_FAULT_RANK: String(rank),
  ...fault,
});

beforeAll(() => {
  const source = join(import.meta.dirname, 'fixtures', 'no-library.c');
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', at('no-library.so'), source]);
  writeFileSync(plain, text);
  // The cut is inside a character.
  const cut = text.indexOf(0xc3, 20_000) + 1;
  secondUnit = pack('gzip', text.subarray(0, cut)).length;
  for (const format of compressed) {
    writeFileSync(
      at(`text.${format}`),
      Buffer.concat([pack(format, text.subarray(0, cut)), pack(format, text.subarray(cut))]),
    );
  }
  writeFileSync(at('text.bgzf'), packWith(['bgzip', '-c'], text));
  const wide = Buffer.from(`\ufeff${text.toString()}`, 'utf16le');
  writeFileSync(at('little.txt'), wide);
  writeFileSync(at('big.txt'), Buffer.from(wide).swap16());
});

const alone = (args: readonly string[], environment = {}) =>
  run([process.execPath, program, ...args], { timeoutSeconds, environment });

describe.each(mpis)('%s', (mpi) => {
  test.each(casesOf(mpi, [1, 2, 3, 7]))(
    '%d ranks count the text in files of all formats',
    { timeout: 200_000 },
    async (ranks) => {
      const files = [plain, ...packed, plain];
      const all = Array.from(files, () => plain);
      const expected = await alone(['count', ...searched, ...all]);
      expect(expected.stdout.toString()).toMatch(/^[1-9]\d*\tlove\n[1-9]\d*\trésumé\n[1-9]\d*\tthe\n$/);
      for (const blockSize of ['4096', '1M']) {
        const counted = await runJob(mpi, ranks, ['count', ...searched, '--block-size', blockSize, ...files], {
          timeoutSeconds,
        });
        expect(ownLines(counted)).toEqual([]);
        expect(counted.stdout.toString()).toBe(expected.stdout.toString());
        expect(counted.status).toBe(0);
      }
    },
  );

  test('wc counts the text, too', { timeout: 100_000 }, async () => {
    const [line = ''] = (await alone(['wc', plain, plain])).stdout.toString().split('\n');
    const numbers = line.trim().split(/\s+/).slice(0, 4);
    const { stdout, status } = await runJob(mpi, 3, ['wc', '--block-size', '4096', '--format', 'json', ...packed], {
      timeoutSeconds,
    });
    const { perFile } = JSON.parse(stdout.toString()) as { perFile: Record<string, unknown>[] };
    const [lines, words, characters, bytes] = numbers.map(Number);
    expect(perFile).toEqual(packed.map((file) => ({ file, lines, words, characters, bytes })));
    expect(status).toBe(0);
  });

  describe.each(casesOf(mpi, Object.keys(libraries) as (keyof typeof libraries)[]))('the library of %s', (format) => {
    const { variable, soname, module } = libraries[format];
    const file = at(`text.${format}`);
    const args = ['count', '--block-size', '4096', 'love', plain, file];
    const expectMissing = async (why: string, ranks: string, more: readonly string[], environment: Environment) => {
      const logs = at('no-library');
      const missing = await runJob(mpi, 3, [...args, '--log-dir', logs, ...more], { timeoutSeconds, environment });
      const [line = '', ...others] = ownLines(missing);
      expect(line).toMatch(new RegExp(`^mpicount: rank ${ranks} on \\S+: `));
      expect(line.replace(/^mpicount: rank \d on \S+: /, '')).toBe(`${file}: needs ${soname}, ${why}`);
      expect(others).toEqual([]);
      expect(missing.stdout.toString()).toBe('');
      expect(missing.status).toBe(3);
      expect(existsSync(logs)).toBe(false); // nothing was counted
    };
    const unusable =
      `and ${variable}=/nowhere.so is no such library: ` +
      '/nowhere.so: cannot open shared object file: No such file or directory';

    test.each([
      ['static', '[12]'],
      ['dynamic', '0'],
    ])('is not where the variable says: %s', { timeout: 60_000 }, async (schedule, ranks) => {
      await expectMissing(unusable, ranks, ['--schedule', schedule], { [variable]: '/nowhere.so' });
    });

    test('is missing on one rank alone', { timeout: 60_000 }, async () => {
      const environment = inOneRank(2, { MPICOUNT_FAULT: 'no library', MPICOUNT_FAULT_LIBRARY: variable });
      await expectMissing(unusable, '2', [], environment);
    });

    // Node itself may have the functions.
    test('is not on this host', { timeout: 60_000 }, async () => {
      const environment = { LD_PRELOAD: at('no-library.so'), MPICOUNT_TEST_MISSING: soname.replace(/\.so.*/, '.so') };
      if (format === 'gzip' || (format === 'zstd' && process.versions['zstd'] !== undefined)) {
        const counted = await runJob(mpi, 3, args, { timeoutSeconds, environment });
        expect(ownLines(counted)).toEqual([]);
        expect(counted.stdout.toString()).toBe((await alone(['count', 'love', plain, plain])).stdout.toString());
        expect(counted.status).toBe(0);
      } else {
        const remedy = `module load ${module}, or conda install ${module}, or ${variable}=FILE`;
        await expectMissing(`which is not here (${remedy})`, '[12]', [], environment);
      }
    });
  });

  test('a damaged file is an error that names it and the place', { timeout: 60_000 }, async () => {
    const cut = at('cut.gz');
    writeFileSync(cut, readFileSync(at('text.gzip')).subarray(0, 9000));
    const failed = await runJob(mpi, 2, ['count', 'love', plain, cut], { timeoutSeconds });
    expect(ownLines(failed)).toEqual([
      expect.stringContaining(`${cut}: is cut off at byte 9000, in the gzip member from byte ${secondUnit}`),
    ]);
    expect(failed.stdout.toString()).toBe('');
    expect(failed.status).toBe(3);
  });

  test('a count is resumed where it was, with what decoded it in log and result', { timeout: 200_000 }, async () => {
    const logs = at(`logs-${mpi}`);
    const args = ['count', 'love', plain, ...packed, '--block-size', '4096', '--log-dir', logs];
    const whole = await runJob(mpi, 3, args, { timeoutSeconds });
    expect(whole.status).toBe(0);
    const result = () => JSON.parse(readFileSync(join(logs, 'result.json'), 'utf8')) as Record<string, unknown>;
    expect(Object.keys(result()['libraries'] as object)).toEqual(compressed);
    const libraries = readLog(logs, 0)
      .concat(readLog(logs, 1), readLog(logs, 2))
      .flatMap((event) => Object.keys(event['libraries'] ?? {}));
    expect(new Set(libraries)).toEqual(new Set(compressed));
    rmSync(join(logs, 'result.json'));
    rmSync(join(logs, 'ranks', '000', 'rank-000001.jsonl'));
    const resumed = await runJob(mpi, 2, [...args, '--resume'], { timeoutSeconds });
    expect(ownLines(resumed)).toEqual([]);
    expect(resumed.stdout.toString()).toBe(whole.stdout.toString());
    const status = await alone(['status', logs]);
    expect(status.stdout.toString()).toContain(whole.stdout.toString());
    const refused = await runJob(mpi, 2, [...args, '--resume', '--no-decompress'], { timeoutSeconds });
    expect(ownLines(refused)).toEqual([
      `mpicount: rank 0 on ${hostname()}: cannot resume: it was begun without --no-decompress; ` +
        'give the same as before, or count anew with another --log-dir',
    ]);
    expect(refused.status).toBe(3);
  });
});

describe('1 rank without a launcher', () => {
  test('a count of stored bytes is resumed only if there is nothing to decode', { timeout: 60_000 }, async () => {
    const logs = at('stored');
    const count = (files: readonly string[], ...more: string[]) =>
      alone(['count', 'love', ...files, '--log-dir', logs, ...more]);
    expect((await count([plain], '--no-decompress')).status).toBe(0);
    expect((await count([plain], '--resume')).status).toBe(0);
    rmSync(logs, { recursive: true });
    expect((await count([plain, at('text.gzip')], '--no-decompress')).status).toBe(0);
    const refused = await count([plain, at('text.gzip')], '--resume');
    expect(ownLines(refused)).toEqual([
      'mpicount: cannot resume: it was begun with --no-decompress, or by a version that decodes no files; ' +
        'give the same as before, or count anew with another --log-dir',
    ]);
    expect(refused.status).toBe(3);
  });

  test('what is not decoded is refused, unless its stored bytes are wanted', { timeout: 60_000 }, async () => {
    writeFileSync(at('archive'), 'PK\x03\x04 love');
    writeFileSync(at('misnamed.gz'), 'love');
    const refusals: [string, string][] = [
      ['archive', 'is in the format zip, which is not decoded; decode it first'],
      ['misnamed.gz', 'is not in the format gzip, which its name says; restore it if it is damaged'],
    ];
    for (const [name, why] of refusals) {
      const refused = await alone(['count', 'love', at(name)]);
      expect(ownLines(refused)).toEqual([
        `mpicount: ${at(name)}: ${why}, or count its bytes as they are: --no-decompress`,
      ]);
      expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 3, stdout: '' });
      expect((await alone(['count', '--no-decompress', 'love', at(name)])).stdout.toString()).toBe('1\tlove\n');
    }
  });

  test('pipes are decoded', { timeout: 200_000 }, async () => {
    const expected = await alone(['count', ...searched, plain]);
    for (const file of packed) {
      const command = `cat ${file} | ${process.execPath} ${program} count ${searched.join(' ')} -`;
      const counted = await run(['bash', '-c', command], { timeoutSeconds });
      expect(ownLines(counted)).toEqual([]);
      expect(counted.stdout.toString()).toBe(expected.stdout.toString());
    }
    const cut = await run(
      ['bash', '-c', `head -c 9000 ${at('text.gzip')} | ${process.execPath} ${program} count love -`],
      { timeoutSeconds },
    );
    expect(ownLines(cut)).toEqual([`mpicount: -: is cut off at byte 9000, in the gzip member from byte ${secondUnit}`]);
    expect(cut.status).toBe(3);
  });

  test('gzip is decoded without libdeflate, too, unless a variable says where it is', { timeout: 60_000 }, async () => {
    const files = [at('text.gzip'), at('text.bgzf')];
    const expected = await alone(['count', ...searched, plain, plain]);
    const logs = at('no-libdeflate');
    const environment = { LD_PRELOAD: at('no-library.so'), MPICOUNT_TEST_MISSING: 'libdeflate' };
    const blocks = ['--block-size', '4096', ...files];
    const counted = await alone(['count', ...searched, '--log-dir', logs, ...blocks], environment);
    expect(counted.stdout.toString()).toBe(expected.stdout.toString());
    const { libraries } = JSON.parse(readFileSync(join(logs, 'result.json'), 'utf8')) as { libraries: object };
    expect(libraries).toEqual({ gzip: expect.stringMatching(/^\d[\w.]+, \/\S+$/) as string });
    const failed = await alone(['count', 'love', ...blocks], { MPICOUNT_LIBDEFLATE: '/nowhere.so' });
    expect(ownLines(failed)).toEqual([
      `mpicount: ${files[0]}: needs libdeflate.so.0, and MPICOUNT_LIBDEFLATE=/nowhere.so is no such library: ` +
        '/nowhere.so: cannot open shared object file: No such file or directory',
    ]);
    expect(failed.status).toBe(3);
  });

  test('doctor lists the formats and their libraries', { timeout: 60_000 }, async () => {
    const { stdout } = await alone(['doctor'], { MPICOUNT_LIBLZ4: '/nowhere.so' });
    const lines = stdout.toString().split('\n');
    const first = lines.findIndex((line) => line.startsWith('decoding'));
    expect(lines.slice(first, first + 6)).toEqual([
      expect.stringMatching(/^decoding    gzip: \d[\w.]+, \/.+ and \/.*libdeflate.+$/),
      expect.stringMatching(/^            zstd: 1\.[\d.]+, \/.+$/),
      expect.stringMatching(/^            xz: 5\.[\d.]+, \/.*liblzma.+$/),
      expect.stringMatching(/^            bzip2: 1\.[\d.]+, \/.*libbz2.+$/),
      expect.stringMatching(
        /^            lz4: needs liblz4\.so\.1, and MPICOUNT_LIBLZ4=\/nowhere\.so is no such library: /,
      ),
      '            UTF-16',
    ]);
  });
});
