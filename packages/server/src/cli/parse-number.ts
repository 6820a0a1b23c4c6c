/** Reads numbers from the command line. */
import { InvalidArgumentError } from 'commander';
import { UsageError } from './failure.ts';

export function parseNumber(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number is needed.');
}

/** Throws UsageError, which names the option. */
export function wholeNumber(option: string, text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new UsageError(`${option} needs a whole number, not "${text}".`);
}
