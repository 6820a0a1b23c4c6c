/** What of a dream a command lets be applied without a review. */
import type { DreamInput } from '@reverie/sdk';

export interface ApplyOptions {
  /** True where no confidence is named. */
  readonly apply?: true | number;
  readonly additionsOnly?: boolean;
}

export function autoApplyOf({ apply, additionsOnly }: ApplyOptions): DreamInput['autoApply'] {
  if (apply === undefined && !additionsOnly) return undefined;
  return {
    ...(typeof apply === 'number' && { confidence: apply }),
    ...(additionsOnly && { additionsOnly }),
  };
}
