import { printable } from '../base/bytes.ts';

// Linux's PIPE_BUF without the newline: writes up to this size are atomic, so lines of ranks that share a pipe do not mix.
const maxBytes = 4095;
const ellipsis = ' … ';

/** Returns a message as one line of at most 4095 bytes. A longer one loses its middle, because its end says what to do. */
export function oneLine(message: string): string {
  const line = printable(Buffer.from(message.replace(/\s*\n\s*/g, ' | ')));
  const bytes = Buffer.from(line);
  if (bytes.length <= maxBytes) return line;
  const room = maxBytes - Buffer.byteLength(ellipsis);
  const head = Math.ceil(room / 2);
  return keep(bytes.subarray(0, head)) + ellipsis + keep(bytes.subarray(bytes.length - (room - head)));
}

/** Returns the complete characters in a slice of UTF-8. */
function keep(part: Buffer): string {
  let [begin, end] = [0, part.length];
  while (begin < 3 && isContinuation(part[begin])) begin += 1;
  // The lead byte tells whether the last character is complete.
  let start = end - 1;
  while (start > end - 4 && isContinuation(part[start])) start -= 1;
  const lead = part[start] ?? 0;
  const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (start + length > end) end = start;
  return part.toString('utf8', begin, end);
}

function isContinuation(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
