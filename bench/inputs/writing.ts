import type { Dice } from './dice.ts';
import type { Vocabulary } from './vocabulary.ts';

/** How words make text. */
export interface Style {
  readonly space: string;
  readonly comma: string;
  readonly stops: readonly string[];
  /** Characters after which a line is broken at the next space or stop. */
  readonly lineWidth: number;
}

export const western: Style = { space: ' ', comma: ',', stops: ['.', '.', '.', '.', '?', '!', ';'], lineWidth: 64 };
export const chinese: Style = { space: '', comma: '，', stops: ['。', '。', '。', '？', '！'], lineWidth: 40 };

/** About so many bytes of text, in whole lines. */
export function write(vocabulary: Vocabulary, style: Style, bytes: number, dice: Dice): Buffer {
  const lines: Buffer[] = [];
  let length = 0;
  let line = '';
  let startsSentence = true;
  const breakLine = () => {
    const encoded = Buffer.from(`${line.trimEnd()}\n`);
    lines.push(encoded);
    length += encoded.length;
    line = '';
  };
  while (length < bytes) {
    line += written(vocabulary.draw(dice), startsSentence, dice);
    startsSentence = dice.chance(1 / 14);
    if (startsSentence) line += dice.pick(style.stops);
    else if (dice.chance(0.08)) line += style.comma;
    line += style.space;
    if (line.length > style.lineWidth) breakLine();
    if (startsSentence && dice.chance(1 / 6)) {
      breakLine();
      breakLine();
    }
  }
  return Buffer.concat(lines);
}

/** A word with its capitals; now and then a number instead. */
function written(word: string, startsSentence: boolean, dice: Dice): string {
  if (dice.chance(1 / 400)) return String(1000 + dice.below(1000));
  if (dice.chance(1 / 500)) return word.toUpperCase();
  if (startsSentence || dice.chance(1 / 40)) return word.charAt(0).toUpperCase() + word.slice(1);
  return word;
}
