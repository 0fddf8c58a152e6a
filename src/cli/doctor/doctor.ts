import { hostname } from 'node:os';

import { printable } from '../../base/bytes.ts';
import { agree } from '../../job/agree.ts';
import { findBuild, findBuilds } from '../../mpi/builds.ts';
import { LaunchError } from '../../mpi/errors.ts';
import type { Launcher } from '../../mpi/launcher.ts';
import { startSession, type Session } from '../../mpi/session.ts';
import { scanVectors } from '../../scan/scanner.ts';
import { doctor } from '../options/doctor.ts';
import { splitArguments } from '../options/split-arguments.ts';
import { rankFacts } from './rank-facts.ts';
import { writeOut } from '../standard-output.ts';
import { temporaryFolderProblem } from './temporary-folder.ts';
import { temporaryRemedy, knownProblems, type RankFacts } from './known-problems.ts';
import { UsageError } from '../usage-error.ts';

/** @throws UsageError */
export function checkDoctorArguments(args: string[]): void {
  const { rest } = splitArguments(args, doctor.options);
  if (rest.length > 0) throw new UsageError('doctor takes no arguments; see: mpicount --help');
}

/**
 * Prints what each rank sees and the known problems with it. If MPI does not start, it prints the remaining facts.
 * @param onStart Receives the session once MPI has started.
 * @throws AddonError, LaunchError, MpiError after the report, if no count could run here.
 */
export async function runDoctor(launcher: Launcher | undefined, onStart: (session: Session) => void): Promise<void> {
  let session: Session;
  try {
    session = start(launcher);
    onStart(session);
  } catch (error) {
    if ((launcher?.rank ?? 0) === 0) {
      report([rankFacts(hostname(), undefined)], launcher, 'does not start', (error as Error).message);
    }
    throw error;
  }
  const own = Buffer.from(JSON.stringify(rankFacts(session.host, session)));
  const all = await session.world.gather(own, 0);
  if (all) {
    const ranks = all.map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as RankFacts);
    report(ranks, launcher, `${session.library} (build '${session.build}')`);
  }
  await agree(session.world, scanVectors); // a rank that cannot scan cannot count
  session.finalize();
}

function start(launcher: Launcher | undefined): Session {
  const problem = temporaryFolderProblem();
  // Open MPI would end this process in MPI_Init. With a launcher, mpirun itself needs the folder and has reported the problem.
  if (problem !== undefined && !launcher && findBuild(launcher, process.env['MPICOUNT_MPI']).family === 'openmpi') {
    throw new LaunchError(`${problem}; ${temporaryRemedy}`);
  }
  return startSession(launcher);
}

/** @param failure The reason why MPI does not start. */
function report(ranks: readonly RankFacts[], launcher: Launcher | undefined, mpi: string, failure?: string): void {
  const [first] = ranks;
  const builds = findBuilds().map(({ name }) => name);
  const lines = [
    `mpicount    ${first?.mpicount ?? ''}, Node ${first?.node ?? ''}`,
    `MPI         ${mpi}`,
    `MPI builds  ${builds.join(', ') || 'none'}`,
    `launcher    ${launcher ? `${launcher.name}, announcing ${launcher.size} ranks` : 'none: started by hand'}`,
    `ranks       ${ranks.length}: ${placement(ranks)}`,
    `scanning    ${first?.scanning ?? ''}`,
    `hwloc       ${first?.hwloc ?? 'not loaded'}`,
    ...(first?.decoding ?? []).map((format, index) => `${index === 0 ? 'decoding  ' : '          '}  ${format}`),
  ];
  const found = knownProblems(ranks);
  if (failure !== undefined) lines.push('', `! ${failure}`);
  for (const { symptom, remedy } of found)
    lines.push('', `! ${symptom}`, ...(remedy === undefined ? [] : [`  ${remedy}`]));
  if (failure === undefined && found.length === 0) lines.push('', 'No known problems.');
  writeOut(Buffer.from(lines.map((line) => `${printable(Buffer.from(line))}\n`).join('')));
}

/** Returns the hosts of all ranks, such as `0-3 on node1, 4-7 on node2`. */
function placement(ranks: readonly RankFacts[]): string {
  const ranges: { host: string; first: number; last: number }[] = [];
  ranks.forEach(({ host }, rank) => {
    const latest = ranges.at(-1);
    if (latest?.host === host) latest.last = rank;
    else ranges.push({ host, first: rank, last: rank });
  });
  return ranges.map(({ host, first, last }) => `${first === last ? first : `${first}-${last}`} on ${host}`).join(', ');
}
