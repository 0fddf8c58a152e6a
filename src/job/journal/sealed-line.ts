import { crc32 } from './checksum.ts';

// A journal's line counts only when it is whole, undamaged, and of this job: after a power cut it may be torn, or full of
// zeros, and a folder may hold lines of another count. So each ends with a checksum that starts from the job's identity.

const seal = /,"crc":"([0-9a-f]{8})"\}$/;

function checksum(body: string, identity: string): string {
  return crc32(body, crc32(identity)).toString(16).padStart(8, '0');
}

/** A record as a line of JSON, without the newline. @param identity Of the job; see plan-file.ts. */
export function sealLine(record: Record<string, unknown>, identity: string): string {
  const body = JSON.stringify(record);
  return `${body.slice(0, -1)},"crc":"${checksum(body, identity)}"}`;
}

/** The JSON of a line's record; undefined when the line is not whole, damaged, or of another job. See log-schema.ts for what is in it. */
export function openLine(line: string, identity: string): string | undefined {
  const [tail, crc] = seal.exec(line) ?? [];
  if (tail === undefined) return undefined;
  const body = `${line.slice(0, -tail.length)}}`;
  return checksum(body, identity) === crc ? body : undefined;
}
