/** Turns the error that something is not there into undefined. */
import { ReverieError } from './errors.ts';

const missing: readonly string[] = ['memory_not_found', 'receipt_not_found'];

export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (ReverieError.isInstance(error) && missing.includes(error.code)) return undefined;
    throw error;
  }
}
