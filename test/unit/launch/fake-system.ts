import type { Child, Ending, Environment, Finished, System } from '../../../src/launch/system.ts';

/** A machine on which programs answer as a test says. */
export interface FakeSystem extends System {
  /** What was run, each as one line. */
  readonly ran: string[];
  readonly said: string[];
  /** Launchers that were started: their words, and their environment. */
  readonly started: { command: readonly string[]; environment: Environment; child: FakeChild }[];
}

export interface FakeOptions {
  readonly environment?: Environment;
  readonly elapsedSeconds?: number;
  readonly cores?: number;
  readonly isRoot?: boolean;
  /** The answer to a command, as one line: an exit status, or what is printed. All others are missing. */
  readonly answers?: Readonly<Record<string, string | number>>;
  /** What a launcher does when it is started; it goes on until the child ends. */
  readonly onStart?: (child: FakeChild, command: readonly string[]) => void;
}

export class FakeChild implements Child {
  readonly signals: string[] = [];
  readonly ended: Promise<Ending>;
  end: (ending: Ending) => void = () => undefined;
  /** What it does with a signal; all end it by default. */
  onSignal: (signal: NodeJS.Signals) => void = (signal) => {
    this.end({ signal });
  };

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL') this.end({ signal });
    else this.onSignal(signal);
  }
}

export function fakeSystem({ environment = {}, answers = {}, onStart, ...options }: FakeOptions = {}): FakeSystem {
  const [ran, said]: string[][] = [[], []];
  const started: FakeSystem['started'] = [];
  return {
    environment,
    host: 'node1',
    cores: options.cores ?? 8,
    isRoot: options.isRoot ?? false,
    elapsedSeconds: () => options.elapsedSeconds ?? 0,
    ran: ran ?? [],
    said: said ?? [],
    started,
    printMessage: (line) => said?.push(line),
    run: (command) => {
      const line = command.join(' ');
      ran?.push(line);
      const answer = answers[line] ?? 127;
      const finished: Finished =
        typeof answer === 'number'
          ? { status: answer, output: '', errors: 'no such luck\n' }
          : { status: 0, output: answer, errors: '' };
      return Promise.resolve(finished);
    },
    start: (command, childEnvironment) => {
      const child = new FakeChild();
      started.push({ command, environment: childEnvironment, child });
      onStart?.(child, command);
      return child;
    },
  };
}
