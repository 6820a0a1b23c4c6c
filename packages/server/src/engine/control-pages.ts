/** Many documents of control, a few at a time. */
import type { ControlDocument, ControlPort } from '../ports/control.ts';
import { createTurns } from '../util/turns.ts';

const documentsAtOnce = 256;

/** The last keys first; others get their turn in between. `who`: as in FairTurns. */
export async function* controlPages(
  control: Pick<ControlPort, 'list'>,
  prefix: string,
  who: string,
  limit = documentsAtOnce,
): AsyncGenerator<ControlDocument[]> {
  const turns = createTurns(who);
  let before: string | undefined;
  for (;;) {
    const page = await control.list(prefix, { limit, ...(before !== undefined && { before }) });
    if (page.length > 0) yield page;
    before = page.at(-1)?.key;
    if (before === undefined || page.length < limit) return;
    if (turns.due()) await turns.next();
  }
}
