/**
 * Breaks text into lines at blanks.
 * @param indent The text before each line but the first, which is to stand behind something as long.
 * @returns The lines, without a newline at the end.
 */
export function wrap(text: string, indent = ''): string {
  const width = 130;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}
