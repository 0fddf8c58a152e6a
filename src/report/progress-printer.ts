import { clockTime } from '../base/clock.ts';
import type { JobProgress, ProgressSink } from '../job/progress/job-progress.ts';
import type { ProgressMode } from '../job/plan/plan.ts';
import { progressBar, progressLine, shareOf, summaryLines, type Ending, type ShownProgress } from './progress-text.ts';

/** Where progress is shown. */
export interface Screen {
  readonly isTerminal: boolean;
  /** Returns the width of the terminal. */
  readonly columns: () => number;
  /** Writes to the terminal, which stays in the same line. */
  readonly draw: (text: string) => void;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Waits until what was drawn and printed has arrived, so that totals on standard output come after it. */
  readonly settle: () => void;
}

// All times are in milliseconds.
const redraw = 250;
const look = 1000;
/** A job that ends before has shown nothing. */
const firstDrawing = 1500;
const firstLine = 60_000;
const betweenLines = 30_000;
const steps = 10;

const toBegin = '\r';
const eraseLine = '\x1b[2K';

/**
 * Shows the progress of a job: on a terminal, as one line that is redrawn; elsewhere, as a line at each tenth of the corpus and every half
 * minute. A timer and two escape sequences suffice: a library for progress bars would replace one line.
 */
export class ProgressPrinter implements ProgressSink {
  readonly #mode: () => ProgressMode;
  readonly #openScreen: () => Screen;
  #screen: Screen | undefined;
  #progress: JobProgress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasShown = false;
  #isDrawn = false;
  #step = 0;
  #lastLine = 0;
  #counted = 0;
  readonly #began = clockTime();

  /** Make it when the job begins. @param mode Returns how the user wants it. Both are called when counting has begun, on rank 0 alone. */
  constructor(mode: () => ProgressMode, openScreen: () => Screen) {
    this.#mode = mode;
    this.#openScreen = openScreen;
  }

  begin(progress: JobProgress): void {
    this.#progress = progress;
    this.show(progress);
  }

  /** Shows progress, without a summary at the end. */
  show(progress: ShownProgress): void {
    this.#lastLine = progress.begun;
    this.#step = Math.floor(steps * shareOf(progress));
    const screen = (this.#screen = this.#openScreen());
    const show = () => {
      this.#show(progress, screen, clockTime());
    };
    this.#timer = setInterval(show, screen.isTerminal ? redraw : look).unref();
  }

  #show(progress: ShownProgress, { isTerminal, columns, draw, print }: Screen, now: number): void {
    const elapsed = now - progress.begun;
    if (isTerminal) {
      if (elapsed < firstDrawing) return;
      draw(toBegin + eraseLine + progressBar(progress, now, columns()));
      this.#hasShown = true;
      this.#isDrawn = true;
      return;
    }
    if (this.#mode() === 'auto' && elapsed < firstLine) return;
    const step = Math.floor(steps * shareOf(progress));
    if (step <= this.#step && now - this.#lastLine < betweenLines) return;
    this.#step = step;
    this.#lastLine = now;
    print(progressLine(progress, now));
    this.#hasShown = true;
  }

  /** Erases the line on the terminal, before something else is printed. */
  clear(): void {
    if (this.#isDrawn) this.#screen?.draw(toBegin + eraseLine);
    this.#isDrawn = false;
  }

  end(): void {
    clearInterval(this.#timer);
    this.clear();
    this.#counted = clockTime();
  }

  /** Sums up a job that is done, if its progress was shown or the user wants it always. */
  summarize(ending: Ending): void {
    if (!this.#progress || (!this.#hasShown && this.#mode() !== 'always')) return;
    const milestones = { began: this.#began, counted: this.#counted };
    for (const line of summaryLines(this.#progress, milestones, ending)) this.#screen?.print(line);
    this.#screen?.settle();
  }
}
