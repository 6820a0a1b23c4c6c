/** Words that stand nowhere else, and a search for them in every byte of a folder or file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Roots: texts hold them inflected, so that a stem of the analyser is found as well. */
export const roots = {
  value: 'zqvalueplim',
  former: 'zqformerplim',
  patched: 'zqpatchedplim',
  archived: 'zqarchivedplim',
  turn: 'zqturnplim',
  key: 'zqkeyplim',
  thread: 'zqthreadplim',
  metadataName: 'zqmetanameplim',
  metadataValue: 'zqmetavalueplim',
  tag: 'zqtagplim',
  speaker: 'zqspeakerplim',
  type: 'zqtypeplim',
  entity: 'zqentityplim',
  mail: 'zqmailplim',
  attachment: 'zqattachplim',
  caption: 'zqcaptionplim',
  source: 'zqsourceplim',
  imported: 'zqimportedplim',
  retried: 'zqretriedplim',
  snapshot: 'zqsnapshotplim',
  namespace: 'zqnamespaceplim',
  other: 'zqotherplim',
} as const;
export type Canary = keyof typeof roots;
export const canaries = Object.keys(roots) as Canary[];

/** As it could stand in a text: with an ending, and a capital letter. */
export const inflected = (canary: Canary): string => `Z${roots[canary].slice(1)}ings`;

/** Those of which some form stands in some file, with the file. */
export function foundIn(path: string): Partial<Record<Canary, string>> {
  const found: Partial<Record<Canary, string>> = {};
  for (const file of filesIn(path)) {
    const haystack = lowerCased(readFileSync(file));
    for (const canary of canaries) {
      if (formsOf(roots[canary]).some((form) => haystack.includes(form))) found[canary] = file;
    }
  }
  return found;
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Both ways of UTF-16, and base64 and hex, begun at any byte; all of it compared in lower case. */
function formsOf(root: string): Buffer[] {
  const wide = Buffer.from(root, 'utf16le');
  const capital = Buffer.from(`Z${root.slice(1)}`);
  const shifted = [root, capital.toString()].flatMap((text) =>
    [0, 1, 2].map((shift) => {
      const encoded = Buffer.from('x'.repeat(shift) + text).toString('base64');
      // The characters at both ends depend on their neighbours.
      return encoded.slice(Math.ceil((shift * 4) / 3), -4).toLowerCase();
    }),
  );
  const hex = Buffer.from(root).toString('hex');
  return [Buffer.from(root), wide, Buffer.from(wide).swap16(), ...[hex, ...shifted].map(bytes)];
}

const bytes = (text: string): Buffer => Buffer.from(text);

/** ASCII letters alone: the length of everything stays. */
function lowerCased(content: Buffer): Buffer {
  for (const [at, byte] of content.entries()) {
    if (byte >= 0x41 && byte <= 0x5a) content[at] = byte + 0x20;
  }
  return content;
}
