/** Reads a number from the command line. */
import { InvalidArgumentError } from 'commander';

export function parseNumber(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number is needed.');
}
