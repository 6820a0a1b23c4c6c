/** What an entity is: shared by the rules that find them. */

export type EntityType =
  | 'person'
  | 'organization'
  | 'product'
  | 'place'
  | 'date'
  | 'quantity'
  | 'email'
  | 'url'
  | 'handle'
  | 'code';

export interface Entity {
  readonly type: EntityType;
  /** As written. */
  readonly text: string;
  /** Case-folded and trimmed; what two mentions of the same thing have in common. */
  readonly normal: string;
  /** UTF-16 offsets, end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** UTF-16 units in a normal form at most. */
export const normalCharsMax = 128;
