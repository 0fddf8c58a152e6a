import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { program, run, temporaryFolder, type Outcome } from '../support/job.ts';

// The completion scripts, in the shells themselves.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const bin = join(folder, 'bin');
const cwd = join(folder, 'cwd');
mkdirSync(bin);
mkdirSync(join(cwd, 'logs'), { recursive: true });
symlinkSync(program, join(bin, 'mpicount'));
for (const name of ['book', 'loud', 'a b']) writeFileSync(join(cwd, name), '');

const environment = {
  HOME: folder,
  XDG_CONFIG_HOME: folder,
  XDG_DATA_HOME: folder,
  TERM: 'vt100',
  PATH: `${bin}:${process.env['PATH'] ?? ''}`,
};

interface Terminal {
  /** The text that the shell prints when it waits for a command. */
  readonly prompt: string;
  /** The keys to press then. They have to end the shell. */
  readonly keys: string;
}

/** Runs an interactive shell in a terminal to its end. */
function inTerminal(command: string, { prompt, keys }: Terminal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env: { ...process.env, ...environment } });
    let output = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no end of ${command}: ${output}`));
    }, 50_000);
    child.stdout.on('data', (bytes: Buffer) => {
      const waited = output.includes(prompt);
      output += bytes.toString();
      if (!waited && output.includes(prompt)) child.stdin.write(keys);
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const [tab, show, clearLine] = ['\t', '\x14', '\x15'];

/**
 * Types beginnings of command lines in one session, each with a Tab behind it.
 * @param result The file to which the shell appends a part for each line, with a line `end` behind it, when `show` is pressed.
 * @returns The parts.
 */
async function typed(command: string, lines: readonly string[], result: string): Promise<string[]> {
  writeFileSync(result, '');
  const keys = lines.map((line) => `${line}${tab}${show}${clearLine}`).join('');
  await inTerminal(command, { prompt: 'READY>', keys: `${keys}exit\r` });
  return readFileSync(result, 'utf8').split('end\n').slice(0, -1);
}

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};

const bashrc = file(
  'bashrc',
  String.raw`
    source <(mpicount completion bash)
    bind -x '"\C-t": printf "%s\nend\n" "$READLINE_LINE" >>"$HOME/result"'
    PS1='READY>'
  `,
);
const zshStart = 'autoload -Uz compinit && compinit -u -d $HOME/zcompdump';
const zshEnd = `
  bindkey -e
  zle -N show
  bindkey '^T' show
  PS1='READY>'
`;
const zshLines = `
  ${zshStart}
  source <(mpicount completion zsh)
  show() { print -rl -- "$BUFFER" end >>$HOME/result }
  ${zshEnd}
`;
file('zsh/.zshrc', zshLines);
// Instead of the line, this one shows all candidates.
file(
  'zsh-candidates/.zshrc',
  `
  ${zshStart}
  source <(mpicount completion zsh)
  show() { print end >>$HOME/result }
  compadd() {
    local -a found
    builtin compadd -O found "$@"
    print -rl -- $found >>$HOME/result
    builtin compadd "$@"
  }
  ${zshEnd}
`,
);
file(
  'zsh-autoload/.zshrc',
  `fpath=($HOME/functions $fpath)\n${zshLines.replace('source <(mpicount completion zsh)', '')}`,
);

const zsh = (home: string) => `env ZDOTDIR=${join(folder, home)} zsh -d -i`;
const interactive = { bash: `bash --noprofile --rcfile ${bashrc} -i`, zsh: zsh('zsh') } as const;

/** Returns the lines that a shell makes of beginnings of lines. */
async function completed(command: string, lines: readonly string[]): Promise<Record<string, string>> {
  const whole = await typed(
    command,
    lines.map((line) => `mpicount ${line}`),
    join(folder, 'result'),
  );
  expect(whole).toHaveLength(lines.length);
  return Object.fromEntries(lines.map((line, index) => [line, whole[index]!.replace(/^mpicount (.*)\n$/, '$1')]));
}

/** Return all candidates that a shell has for beginnings of lines. */
const candidatesOf = {
  bash: async (lines: readonly string[]) => {
    const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ');
    const commands = lines.map((line) => {
      const words = ['mpicount', ...line.split(' ')];
      return `
        COMP_WORDS=(${quoted(words)}) COMP_CWORD=${words.length - 1}
        _mpicount mpicount
        printf '%s\n' "\${COMPREPLY[@]}" end`;
    });
    const script = `source <(mpicount completion bash)\n${commands.join('\n')}`;
    return outputOf(await run(['bash', '-c', script], { timeoutSeconds: 50, cwd, environment }));
  },
  zsh: (lines: readonly string[]) =>
    typed(
      zsh('zsh-candidates'),
      lines.map((line) => `mpicount ${line}`),
      join(folder, 'result'),
    ),
  fish: async (lines: readonly string[]) => {
    const commands = lines.map((line) => `complete -C 'mpicount ${line}'; echo end`);
    const script = `mpicount completion fish | source; ${commands.join('; ')}`;
    return outputOf(await run(['fish', '--no-config', '-c', script], { timeoutSeconds: 50, cwd, environment }));
  },
};

function outputOf({ status, stdout, stderr }: Outcome): string[] {
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.toString().split('end\n').slice(0, -1);
}

describe.each(['bash', 'zsh', 'fish'] as const)('%s', { timeout: 60_000 }, (shell) => {
  test('has the candidates that the program names', async () => {
    const expected: Record<string, string[]> = {
      '': ['build', 'completion', 'count', 'doctor', 'launch', 'report', 'status', 'wc'],
      co: ['completion', 'count'],
      'count --log-': ['--log-dir', '--log-mode', '--log-shared', '--log-sync'],
      'count --format ': ['csv', 'json', 'text'],
      'count -e --io --io ': ['auto', 'mmap', 'read'],
      'wc --words 9': ['9.4', '9.5'],
      'launch --scheduler s': ['slurm'],
      'launch -- ': ['count', 'wc'],
      'launch -- wc --wo': ['--words'],
      'completion ': ['bash', 'fish', 'zsh'],
      'doctor ': [],
      'count lo': [],
      'nonsense lo': [],
    };
    const lines = Object.keys(expected);
    const parts = await candidatesOf[shell](lines);
    expect(parts).toHaveLength(lines.length);
    const words = parts.map((part) => part.split('\n').flatMap((line) => line.replace(/\t.*/, '') || []));
    expect(Object.fromEntries(lines.map((line, index) => [line, [...new Set(words[index])].sort()]))).toEqual(expected);
  });
});

describe.each(['bash', 'zsh'] as const)('%s in a terminal', { timeout: 60_000 }, (shell) => {
  test('completes options, their values and names of files', async () => {
    const expected = {
      'wc --blo': 'wc --block-size ',
      'count --format j': 'count --format json ',
      'count --format=j': 'count --format=json ',
      'count love bo': 'count love book ',
      'count love a': 'count love a\\ b ',
      'count -e love -f bo': 'count -e love -f book ',
      'count --files-from=bo': 'count --files-from=book ',
      'wc --log-dir lo': 'wc --log-dir logs/',
      'status lo': 'status logs/',
      'count bo': 'count bo',
    };
    expect(await completed(interactive[shell], Object.keys(expected))).toEqual(expected);
  });
});

test('fish completes names of files and folders', { timeout: 60_000 }, async () => {
  const lines = ['count love bo', 'count --format=j', 'count --files-from=bo', 'wc --log-dir lo', 'status lo'];
  const parts = await candidatesOf.fish(lines);
  expect(parts.map((part) => part.replace(/\t.*/g, ''))).toEqual([
    'book\n',
    '--format=json\n',
    '--files-from=book\n',
    'logs/\n',
    'logs/\n',
  ]);
});

test('the script for zsh completes as a file in a folder of fpath, too', { timeout: 60_000 }, async () => {
  const script = await run(['mpicount', 'completion', 'zsh'], { timeoutSeconds: 30, environment });
  file('functions/_mpicount', script.stdout.toString());
  const expected = { 'wc --blo': 'wc --block-size ', 'wc --wo': 'wc --words ' };
  expect(await completed(zsh('zsh-autoload'), Object.keys(expected))).toEqual(expected);
});
