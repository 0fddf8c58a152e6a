import { crc32 } from './checksum.ts';

// Each line of a journal ends with a seal: a CRC-32 of the line that starts from the identity of the plan. It detects lines that a power
// cut has torn or filled with zeros, and lines of another count.

const seal = /,"crc":"([0-9a-f]{8})"\}$/;

function checksum(body: string, identity: string): string {
  return crc32(body, crc32(identity)).toString(16).padStart(8, '0');
}

/** Encodes a record as a sealed line of JSON, without a newline. @param identity The identity of the plan; see plan-file.ts. */
export function sealLine(record: Record<string, unknown>, identity: string): string {
  const body = JSON.stringify(record);
  return `${body.slice(0, -1)},"crc":"${checksum(body, identity)}"}`;
}

/** Returns the JSON of a sealed line, for event-codec.ts; undefined if the line is torn, damaged, or of another count. */
export function openLine(line: string, identity: string): string | undefined {
  const [tail, crc] = seal.exec(line) ?? [];
  if (tail === undefined) return undefined;
  const body = `${line.slice(0, -tail.length)}}`;
  return checksum(body, identity) === crc ? body : undefined;
}
