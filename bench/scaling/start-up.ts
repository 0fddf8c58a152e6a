import { mpis, run, type Mpi } from '../../test/support/job.ts';
import { launch } from '../contestants/launch.ts';
import { programNames, type ProgramName, type Programs } from './programs.ts';

/** What whole runs of mpirun took. */
export interface StartUp {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly program: ProgramName;
  readonly seconds: number[];
  /** User and system time of mpirun and all that it started, over the number of ranks. */
  readonly cpuSecondsPerRank: number[];
}

// What takes long is run less often.
const leastRuns = 3;
const enoughSeconds = 10;

/** Round by round, so that what else the machine does hits all of them. */
export async function measureStartUp(programs: Programs, counts: readonly number[], runs: number): Promise<StartUp[]> {
  const results = mpis.flatMap((mpi) =>
    counts.flatMap((ranks) =>
      programNames.map((program): StartUp => ({ mpi, ranks, program, seconds: [], cpuSecondsPerRank: [] })),
    ),
  );
  for (let round = 0; round < runs; round += 1) {
    for (const result of results) {
      if (round < leastRuns || sum(result.seconds) < enoughSeconds) await startOnce(result, programs);
    }
  }
  return results;
}

// Bash adds up the times of all processes below it that have ended.
const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';

async function startOnce({ mpi, ranks, program, ...times }: StartUp, programs: Programs): Promise<void> {
  const { command, environment } = launch(mpi, ranks);
  const whole = ['bash', '-c', script, 'bash', ...command, ...programs.command(program, mpi, ranks)];
  const { status, stderr, seconds } = await run(whole, { timeoutSeconds: 120, environment });
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr) ?? [];
  if (status !== 0 || user === undefined) throw new Error(`${program}, ${ranks} ranks: status ${status}: ${stderr}`);
  times.seconds.push(seconds);
  times.cpuSecondsPerRank.push((Number(user) + Number(system)) / ranks);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
