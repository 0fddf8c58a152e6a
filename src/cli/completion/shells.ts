/** The files in completions/ that complete command lines, by the names of their shells. */
export const scripts = { bash: 'mpicount.bash', zsh: '_mpicount', fish: 'mpicount.fish' } as const;

export const shells = Object.keys(scripts) as (keyof typeof scripts)[];
