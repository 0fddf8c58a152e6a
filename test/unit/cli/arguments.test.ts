import { execFileSync } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { bytesOf } from '../../../src/cli/arguments.ts';
import { bundle } from '../../support/bundle.ts';

// The arguments of a real process, which a shell made of bytes.

let program: { path: string; remove: () => void };
beforeAll(() => {
  program = bundle(`
    import { byteArguments, bytesOf } from './src/cli/arguments.ts';
    console.log(JSON.stringify(byteArguments().map((argument) => bytesOf(argument).toString('hex'))));
  `);
});
afterAll(() => {
  program.remove();
});

/** What the process gets when it is given these bytes, which a shell's printf is told in octal. */
function given(args: readonly Buffer[], nodeOptions: readonly string[] = []): Buffer[] {
  const octal = args.map((argument) =>
    Array.from(argument, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
  // The x keeps newlines at the end, which a shell would strip.
  const words = octal
    .map((_, index) => `a${index}=$(printf '%bx' "$${index + 1}"); a${index}=\${a${index}%x};`)
    .join(' ');
  const call = `exec "$NODE" ${nodeOptions.join(' ')} "$PROGRAM" ${octal.map((_, index) => `"$a${index}"`).join(' ')}`;
  const escaped = octal.map((text) => text.replaceAll('\\', '\\0'));
  const output = execFileSync('sh', ['-c', `${words} ${call}`, 'sh', ...escaped], {
    env: { ...process.env, LC_ALL: 'C', NODE: process.execPath, PROGRAM: program.path },
    timeout: 20_000,
  });
  return (JSON.parse(output.toString()) as string[]).map((hex) => Buffer.from(hex, 'hex'));
}

const latin1 = (...texts: string[]) => texts.map((text) => Buffer.from(text, 'latin1'));
const utf8 = (...texts: string[]) => texts.map((text) => Buffer.from(text));

describe('arguments arrive as they were typed', () => {
  test.each([
    ['none', []],
    ['ASCII', utf8('count', '-i', 'love and "hate"', "it's $HOME *")],
    ['UTF-8', utf8('résumé', 'Ελλάς', '愛', '😀')],
    ['Latin-1', latin1('caf\xe9', '\xff')],
    ['every byte but zero', latin1(String.fromCharCode(...Array.from({ length: 255 }, (_, index) => index + 1)))],
    ['UTF-8 beside what is not', [...utf8('résumé'), ...latin1('\xe9'), ...utf8('愛')]],
    ['a character cut off', latin1('a\xe2\x84')],
    ['a surrogate', latin1('\xed\xa0\x80')],
    ['the replacement character itself', utf8('a\ufffdb', 'c')],
    ['empty ones among others', [...latin1('', '\xe9', ''), ...utf8('x', '')]],
    ['newlines at the end', latin1('love\n', '\xe9\n\n')],
    ['what looks like an option of Node', latin1('--help', '\xe9', '--eval', '-p')],
  ])('%s', (_name, args) => {
    expect(given(args)).toEqual(args);
  });

  test("arguments after Node's own options", () => {
    const args = latin1('-e', 'caf\xe9', '', 'book');
    expect(given(args, ['--no-warnings', '--max-old-space-size=200'])).toEqual(args);
  });
});

test('bytesOf() returns one byte per character', () => {
  expect([...bytesOf('a\xe9\xff')]).toEqual([0x61, 0xe9, 0xff]);
});
