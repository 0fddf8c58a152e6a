// `mpicount/mpi`: MPI for Node.js, for any program. See docs/mpi.md.
export { AddonError } from '../base/addon.ts';
export { Communicator } from './communicator.ts';
export { LaunchError, MpiError } from './errors.ts';
export { readLauncher, type Launcher } from './launcher.ts';
export type { AnyOr, MpiArray, MpiOp, Status } from './native.ts';
export { initialize, type InitializeOptions, type Session } from './session.ts';
