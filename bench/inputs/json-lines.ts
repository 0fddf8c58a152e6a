/** Documents of about so many bytes of text. */
const documentSize = 2000;

/** Whether characters that are not ASCII stand for themselves, as UTF-8, or are escaped, as by default in Python. */
export type Escaping = 'UTF-8' | 'escaped';

/** Makes documents of paragraphs, whose lines are joined, and writes each as a JSON line. */
export function* jsonLines(text: Buffer, escaping: Escaping): Generator<Uint8Array> {
  let document: string[] = [];
  let length = 0;
  let id = 0;
  const written = () => {
    const object = { id: `doc-${(id += 1)}`, source: sources[id % sources.length], text: document.join('\n\n') };
    const json = JSON.stringify(object);
    [document, length] = [[], 0];
    return Buffer.from(`${escaping === 'UTF-8' ? json : escaped(json)}\n`);
  };
  for (const paragraph of text.toString().split('\n\n')) {
    document.push(paragraph.trimEnd().replaceAll('\n', ' '));
    length += paragraph.length;
    if (length >= documentSize) yield written();
  }
  if (length > 0) yield written();
}

const sources = ['web', 'news', 'books', 'forum'];

function escaped(json: string): string {
  return json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
