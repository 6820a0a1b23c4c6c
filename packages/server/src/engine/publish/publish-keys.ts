/** Where the documents of the publisher lie in control. They hold ids and numbers only. */
import type { TenantId } from '../../domain/memory.ts';

/** Numbers of namespaces are below 2^21; with seven digits their order is that of the keys. */
const digits = 7;
const place = (namespaceNo: number): string => String(namespaceNo).padStart(digits, '0');

export const publishKeys = {
  cursors: 'published/',
  /** How far a namespace was published. */
  cursor: (namespaceNo: number) => `published/${place(namespaceNo)}`,
  allTold: 'to-publish/',
  /** What is no change of a memory, until it was published. */
  toldOf: (namespaceNo: number) => `to-publish/${place(namespaceNo)}/`,
  told: (namespaceNo: number, eventId: string) => `to-publish/${place(namespaceNo)}/${eventId}`,
};

export const namespaceOfCursor = (key: string): number => Number(key.split('/')[1]);

/** The value of a cursor: the last change of the namespace that was published. */
export interface StoredCursor {
  readonly tenant: TenantId;
  readonly seq: number;
}
