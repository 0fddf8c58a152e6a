import type { Assignment } from '../../corpus/assignment.ts';
import { decodeAssignment, encodeAssignment } from '../schedule/assignment-message.ts';

/** The small messages of a job, beside its collective operations. */
export type ControlMessage = StopMessage | WantMessage | AssignMessage | ProgressMessage;

/** Asks the receiving rank to stop. */
export interface StopMessage {
  readonly type: 'stop';
  /** For a person. */
  readonly reason: string;
}

/** Asks rank 0 for further blocks. */
export interface WantMessage {
  readonly type: 'want';
  /** The number of blocks that are wanted at least. */
  readonly blocks: number;
}

/** Answers a `want` message; without blocks when all are assigned. */
export interface AssignMessage {
  readonly type: 'assign';
  readonly assignment: Assignment;
}

/** Tells rank 0 how far the sending rank has got. */
export interface ProgressMessage {
  readonly type: 'progress';
  /** The number of stored bytes that it has counted, and how long that took. */
  readonly bytes: number;
  readonly seconds: number;
  /** The size of the text in them. */
  readonly text: number;
  /** The occurrences in that; 0 if the tally does not count occurrences. */
  readonly found: number;
  /** Whether it has counted all that it was assigned. */
  readonly isDone: boolean;
  readonly host: string;
}

export type ControlType = ControlMessage['type'];
export type ControlMessageOf<T extends ControlType> = Extract<ControlMessage, { readonly type: T }>;

/** A message as MPI sends it. MPI transmits its length. */
export interface EncodedMessage {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** How a type of message is sent. */
interface Encoding<M> {
  /** Unique among the types. */
  readonly tag: number;
  readonly encode: (message: M) => Uint8Array;
  readonly decode: (bytes: Buffer) => M;
}

const encodings: { readonly [T in ControlType]: Encoding<ControlMessageOf<T>> } = {
  stop: {
    tag: 1,
    encode: ({ reason }) => Buffer.from(reason),
    decode: (bytes) => ({ type: 'stop', reason: bytes.toString() }),
  },
  want: {
    tag: 2,
    encode: ({ blocks }) => Buffer.from(String(blocks)),
    decode: (bytes) => ({ type: 'want', blocks: Number(bytes.toString()) }),
  },
  assign: {
    tag: 3,
    encode: ({ assignment }) => encodeAssignment(assignment),
    decode: (bytes) => ({ type: 'assign', assignment: decodeAssignment(bytes) }),
  },
  progress: {
    tag: 4,
    encode: (message) => Buffer.from(JSON.stringify(message)),
    decode: (bytes) => JSON.parse(bytes.toString()) as ProgressMessage,
  },
};

export function encodeMessage(message: ControlMessage): EncodedMessage {
  const { tag, encode } = encodingOf(message.type);
  return { tag, bytes: encode(message) };
}

/** @throws RangeError for a tag that no type of message has. */
export function decodeMessage(tag: number, bytes: Buffer): ControlMessage {
  const encoding = Object.values(encodings).find((other) => other.tag === tag);
  if (!encoding) throw new RangeError(`a control message with the unknown tag ${tag}`);
  return encoding.decode(bytes);
}

function encodingOf<T extends ControlType>(type: T): Encoding<ControlMessageOf<T>> {
  return encodings[type];
}
