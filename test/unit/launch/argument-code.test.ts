import { execFileSync } from 'node:child_process';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { decodeArguments, encodeArguments } from '../../../src/launch/argument-code.ts';

const isOwnOption = (argument: string) => ['-e', '-i', '--log-dir'].includes(argument);
const encode = (...args: string[]) => encodeArguments(args, isOwnOption);

describe('encodeArguments()', () => {
  test('leaves harmless arguments as they are', () => {
    const args = ['count', '-i', '-e', 'love', '--log-dir', 'logs/a_b-1,2=3', '/data/x.txt', 'user@host:y'];
    expect(encode(...args)).toEqual(args);
  });

  test.each([
    ['a lone colon', ':', '%3A'],
    ['an empty argument', '', '%'],
    ['blanks and quotes', 'say "it\'s"', 'say%20%22it%27s%22'],
    ['a newline', 'a\nb', 'a%0Ab'],
    ['a percent sign', '%t', '%25t'],
    ['what a shell expands', '~/$HOME/*\\', '%7E/%24HOME/%2A%5C'],
    ['bytes that are not ASCII', '\xc3\xa9\xff', '%C3%A9%FF'],
    ['an option of a launcher', '--mca', '%2D-mca'],
    ['a single dash', '-', '%2D'],
    ['the end of the options', '--', '%2D-'],
  ])('encodes %s', (_, argument, encoded) => {
    expect(encode('count', '-e', argument)).toEqual(['--encoded', 'count', '-e', encoded]);
  });

  test('encodes the word --encoded of a user', () => {
    expect(encode('--encoded', 'count')).toEqual(['--encoded', '%2D-encoded', 'count']);
  });

  test('produces only harmless bytes, and decodeArguments() reverses it', () => {
    const argument = fc.string({ unit: fc.nat(254).map((code) => String.fromCharCode(code + 1)) });
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1 }), (args) => {
        const sent = encode(...args);
        for (const word of sent) expect(word).toMatch(/^[A-Za-z0-9_./:=,+@%-]+$/);
        expect(sent).not.toContain(':');
        expect(decodeArguments(sent)).toEqual(args);
      }),
    );
  });

  test('produces arguments that a shell and env(1) pass on unchanged', () => {
    const args = ['a b', '$(id)', '', ':', '-x', "'", 'two\nlines'];
    const line = encode(...args).join(' ');
    const printed = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`]).toString('latin1');
    expect(decodeArguments(printed.split('\0').slice(0, -1))).toEqual(args);
  });
});
