/** A family of MPIs whose programs and launchers are compatible. */
export type MpiFamily = 'openmpi' | 'mpich';
