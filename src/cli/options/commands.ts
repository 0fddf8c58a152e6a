import { build } from './build.ts';
import { completion } from './completion.ts';
import { doctor } from './doctor.ts';
import { jobs } from './jobs.ts';
import { launch } from './launch.ts';
import type { Command } from './option.ts';
import { report } from './report.ts';
import { status } from './status.ts';

/** All commands, in the order in which `--help` describes them. */
export const commands: readonly Command[] = [...Object.values(jobs), status, report, doctor, build, launch, completion];
