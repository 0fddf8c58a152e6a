/** Notes for the user of a count that has not failed. Only rank 0 adds notes; the result contains all of them. */
export class Notes {
  readonly #texts: string[] = [];
  readonly #print: (text: string) => void;

  /** @param print Called with each note immediately, since a job may take hours. */
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
