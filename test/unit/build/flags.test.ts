import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { cxxBinding, namesLibrary, quoteWord, sortFlags, splitWords } from '../../../native/build/flags.mjs';

describe('splitWords', () => {
  test.each([
    ['gcc -I/a  -L/b\t-lmpi\n', ['gcc', '-I/a', '-L/b', '-lmpi']],
    [`-I'/a b' "-L/c d" -l\\ e`, ['-I/a b', '-L/c d', '-l e']],
    ['-DX="\\"y\\"" -D\'Z="1"\'', ['-DX="y"', '-DZ="1"']],
    ["''", ['']],
    ['', []],
  ])('%j', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });
});

test('a shell and splitWords reverse quoteWord', () => {
  const words = ['plain', '/a b/c', "it's", '$HOME', 'a"b', '\\', '*', '', '-I/x+y=z,@%:.'];
  const line = words.map(quoteWord).join(' ');
  expect(splitWords(line)).toEqual(words);
  expect(execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })).toBe(words.join('\n') + '\n');
});

describe('sortFlags', () => {
  test.each([
    [
      "Debian's Open MPI",
      '-I/usr/lib/x/openmpi/include -I/usr/lib/x/openmpi/include/openmpi -L/usr/lib/x/openmpi/lib -lmpi',
      ['-isystem', '/usr/lib/x/openmpi/include', '-isystem', '/usr/lib/x/openmpi/include/openmpi'],
      ['-L/usr/lib/x/openmpi/lib', '-lmpi', '-Wl,-rpath,/usr/lib/x/openmpi/lib'],
    ],
    [
      "Debian's MPICH: its library is where the loader looks",
      '-Wl,-z,relro -I/usr/include/x86_64-linux-gnu/mpich -L/usr/lib/x86_64-linux-gnu -lmpich',
      ['-isystem', '/usr/include/x86_64-linux-gnu/mpich'],
      ['-Wl,-z,relro', '-L/usr/lib/x86_64-linux-gnu', '-lmpich'],
    ],
    [
      "Ubuntu's MPICH: no optimizer settings",
      '-flto=auto -ffat-lto-objects -g -O2 -fallow-argument-mismatch -I/i -L/usr/lib -lmpich',
      ['-isystem', '/i'],
      ['-L/usr/lib', '-lmpich'],
    ],
    [
      "Intel's",
      '-I"/i" -L"/l/release" -L"/l" -Xlinker --enable-new-dtags -Xlinker -rpath -Xlinker "/l/release" -Xlinker -rpath -Xlinker "/l" -lmpifort -lmpi -ldl',
      ['-isystem', '/i'],
      [
        '-L/l/release',
        '-L/l',
        '-Wl,--enable-new-dtags',
        '-Wl,-rpath,/l/release',
        '-Wl,-rpath,/l',
        '-lmpifort',
        '-lmpi',
        '-ldl',
      ],
    ],
    [
      'words in two parts, a library by its file, threads, repetitions',
      '-I /i -isystem /j -I /i -L /l -l mpi -pthread /l/libpmi.so.2 /l/libx.a -DY -D Z=1 -lmpi file.c',
      ['-isystem', '/i', '-isystem', '/j', '-pthread', '-DY', '-DZ=1'],
      ['-L/l', '-lmpi', '-pthread', '/l/libpmi.so.2', '/l/libx.a', '-Wl,-rpath,/l'],
    ],
    [
      'the include folder that every compiler knows',
      '-I/usr/include -L/usr/lib64 -lmpi',
      [],
      ['-L/usr/lib64', '-lmpi'],
    ],
  ])('%s', (_name, line, cflags, libs) => {
    expect(sortFlags(splitWords(line))).toEqual({ cflags, libs });
  });

  test('folders whose names share an ending get separate rpaths', () => {
    expect(sortFlags(['-L/opt/mpi/lib', '-L/lib', '-L/mpi/lib', '-Wl,-rpath,/opt/mpi/lib']).libs).toContain(
      '-Wl,-rpath,/mpi/lib',
    );
  });
});

test.each(['-lmpi_cxx', '-lmpichcxx', '-lmpicxx', '/opt/lib/libmpi_cxx.so.40'])('%s is the C++ binding', (word) => {
  expect(cxxBinding(['-lmpi', word])).toBe(word);
});

test.each([
  ['-lmpi', true],
  ['/opt/lib/libmpi.so', true],
  ['-L/opt/lib', false],
  ['-l', false],
])('%s names a library: %s', (word, is) => {
  expect(namesLibrary([word])).toBe(is);
  expect(cxxBinding([word])).toBeUndefined();
});
