/** Prints a list that comes page by page: lines as they come, or all of it as JSON. */
import type { CliContext } from './context.ts';
import { json } from './output.ts';

export async function listOut<Item>(
  context: CliContext,
  options: { readonly json?: boolean | undefined },
  items: AsyncIterable<Item>,
  lineOf: (item: Item) => string,
): Promise<void> {
  const all: Item[] = [];
  for await (const item of items) {
    if (options.json) all.push(item);
    else context.out(lineOf(item));
  }
  if (options.json) context.out(json(all));
}
