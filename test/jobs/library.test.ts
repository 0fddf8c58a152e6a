import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { launcherOf, mpis, run, temporaryFolder } from '../support/job.ts';

// The package's `mpicount/mpi` as a TypeScript program of somebody else sees it: the examples of docs/mpi.md.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const page = readFileSync(join(packageRoot, 'docs', 'mpi.md'), 'utf8');
const examples = [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = '', code = '']) => ({
  name,
  code,
}));

/** What the page says that an example prints with 4 ranks. */
function output(name: string): string | undefined {
  return new RegExp(`^\`\`\`text ${name}, 4 ranks\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1];
}

function tsc(...args: string[]): { status: number | null; stdout: string } {
  const compiler = join(packageRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...args], { cwd: folder, encoding: 'utf8' });
  return { status, stdout };
}

beforeAll(() => {
  const installed = join(folder, 'node_modules', 'mpicount');
  mkdirSync(join(installed, 'dist'), { recursive: true });
  cpSync(join(packageRoot, 'package.json'), join(installed, 'package.json'));
  cpSync(join(packageRoot, 'dist', 'mpi.cjs'), join(installed, 'dist', 'mpi.cjs'));
  for (const built of ['build', 'build-mpi']) symlinkSync(join(packageRoot, built), join(installed, built));
  symlinkSync(join(packageRoot, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  const types = join(installed, 'dist', 'types');
  expect(tsc('-p', join(packageRoot, 'tsconfig.types.json'), '--outDir', types)).toEqual({ status: 0, stdout: '' });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const { name, code } of examples) {
    writeFileSync(join(folder, `${name}.ts`), code);
    writeFileSync(join(folder, `${name}.mjs`), transformSync(code, { loader: 'ts', format: 'esm' }).code);
  }
});

const options = [
  '--noEmit',
  '--skipLibCheck',
  '--strict',
  '--module',
  'nodenext',
  '--target',
  'es2023',
  '--types',
  'node',
];

test('docs/mpi.md has a ring, a reduction and a master with workers, which pass the type checker', () => {
  expect(examples.map(({ name }) => name)).toEqual(['ring', 'reduction', 'master-worker']);
  expect(tsc(...options, ...examples.map(({ name }) => `${name}.ts`))).toEqual({ status: 0, stdout: '' });
});

test('the types reject arrays that MPI cannot send', () => {
  const wrong = "import { initialize } from 'mpicount/mpi';\nawait initialize().world.allReduce([1, 2], 'sum');\n";
  writeFileSync(join(folder, 'wrong.ts'), wrong);
  const { status, stdout } = tsc(...options, 'wrong.ts');
  expect(status).toBe(2);
  expect(stdout).toMatch(/^wrong\.ts\(2,36\): error TS2345: Argument of type 'number\[\]'/);
});

test('the types do not mention counting', () => {
  const types = join(folder, 'node_modules', 'mpicount', 'dist', 'types', 'src', 'mpi');
  const text = readdirSync(types).map((name) => readFileSync(join(types, name), 'utf8'));
  expect(text.join('')).toContain('class Communicator');
  expect(text.join('')).not.toMatch(/pattern|corpus|occurrence|grep/i);
});

describe.each(mpis)('%s', (mpi) => {
  test.each(examples)('the example $name prints what docs/mpi.md says: 4 ranks', async ({ name }) => {
    const command = [launcherOf(mpi), '-np', '4', process.execPath, join(folder, `${name}.mjs`)];
    const { status, stdout, stderr } = await run(command, { timeoutSeconds: 60 });
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({ status: 0, stdout: output(name), stderr: '' });
  });
});
