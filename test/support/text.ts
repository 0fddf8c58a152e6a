// Deterministic text: the same on every machine and in every run.

const words =
  'love Lovely hate HATE hope hopeful lonely peace war and the of in said prince Andrew Natasha Pierre aaaa aa abab ' +
  'résumé RÉSUMÉ straße Kelvin \u212Aelvin miſt mist naïve Ελλάς ΕΛΛΆΣ любовь Любовь 愛 don’t it’s under_score x1 1x';

/** Creates a generator of pseudo-random numbers below 2^32 (mulberry32, Tommy Ettinger, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Generates about `bytes` bytes of lines of words, in UTF-8. */
export function prose(bytes: number, seed = 1): Buffer {
  const random = randomNumbers(seed);
  const all = words.split(' ');
  const separators = [' ', ' ', ' ', ', ', '. ', '\n', '—', ''];
  let text = '';
  let length = 0;
  const pieces: string[] = [];
  while (length < bytes) {
    text = `${all[random() % all.length] ?? ''}${separators[random() % separators.length] ?? ''}`;
    length += Buffer.byteLength(text);
    pieces.push(text);
  }
  return Buffer.from(`${pieces.join('')}\n`);
}
