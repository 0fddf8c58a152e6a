import { styleText } from 'node:util';

/** A line of the report, and how it stands out on a terminal that has colours. */
export interface Line {
  readonly text: string;
  readonly style?: 'heading' | 'note' | 'warning' | undefined;
}

/** Returns lines in one style. */
export function styled(style: Line['style'], texts: readonly string[]): Line[] {
  return texts.map((text) => ({ text, style }));
}

// They can be read on dark and on light backgrounds.
const formats = { heading: 'bold', note: 'dim', warning: ['bold', 'magenta'] } as const;

/** Returns the text of lines, each with a newline. */
export function textOfLines(lines: readonly Line[], inColour: boolean): string {
  return lines.map(({ text, style }) => (inColour && style ? paint(text, style) : text) + '\n').join('');
}

function paint(text: string, style: keyof typeof formats): string {
  const format = formats[style];
  // The caller has decided: Node's own check also looks at CI and other variables, from Node 20.20 and 22.13 on.
  return styleText(typeof format === 'string' ? format : [...format], text, { validateStream: false });
}
