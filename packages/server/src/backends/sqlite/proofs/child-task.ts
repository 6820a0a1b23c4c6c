/** What a proof asks of its child process, and how its writes look. */
import { named } from '../../contract/fixtures.ts';

export interface ChildTask {
  readonly folder: string;
  /** Commits to make; absent: without end. */
  readonly commits?: number;
  readonly writers: number;
  /** Ids are numbered from here. */
  readonly firstId: number;
  /** Keep the folder after the last commit until killed. */
  readonly hold?: boolean;
}

export const spacesOfChild = ['first', 'second', 'third'].map(named);

/** What a memory of the child says, so that a reader can check it. */
export const bodyOf = (n: number): string => `memory ${n} ${'x'.repeat(n % 700)}`;
