import { parseChoice } from './choice.ts';

// The owner needs to read and write; besides the owner, at most a group may write.
export const logModes = ['0600', '0640', '0644', '0660', '0664'] as const;

/** Parses the mode of a file, of which the leading 0 may be left out. @throws UsageError */
export function parseMode(option: string, text: string, choices: readonly string[]): number {
  return parseInt(parseChoice(option, text.length === 3 ? `0${text}` : text, choices), 8);
}
