/** What the user should know although nothing failed. Only rank 0 adds to it; the result holds all of it. */
export class Notes {
  readonly #texts: string[] = [];
  readonly #print: (text: string) => void;

  /** @param print Called with each note at once: a job may take hours. */
  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#print(text);
  }

  get texts(): readonly string[] {
    return this.#texts;
  }
}
