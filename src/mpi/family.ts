/** MPIs whose programs and launchers understand each other. */
export type MpiFamily = 'openmpi' | 'mpich';
