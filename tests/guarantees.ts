/** What docs/guarantees.md must keep to, so that it cannot name a proof that is not there. */

const demandsCount = 25;
const proofFile = /^(?:packages|tests|bench)\/.+(?:\.test|-rules)\.ts$/;

/**
 * The complaints about a page. `readFile` gives the text of a path from the root, or undefined
 * where there is no such file.
 */
export function checkGuarantees(
  page: string,
  readFile: (path: string) => string | undefined,
): string[] {
  const sections = page.split(/^## /m).slice(1);
  const numbers = sections.map((section) => Number.parseInt(section, 10));
  const expected = Array.from({ length: demandsCount }, (_, i) => i + 1);
  const complaints = sections.flatMap((section) => checkSection(section, readFile));
  if (numbers.join() !== expected.join()) {
    complaints.push(`The demands are not numbered 1 to ${demandsCount}.`);
  }
  return complaints;
}

function checkSection(section: string, readFile: (path: string) => string | undefined): string[] {
  const [title = '', ...lines] = section.trim().split('\n');
  const state = /^\*\*(Met|Partly|Not met yet)\b/.exec(lines[1] ?? '')?.[1];
  if (state === undefined) return [`"${title}" does not begin with Met, Partly or Not met yet.`];
  const complaints: string[] = [];
  let file: { path: string; text: string; titles: number } | undefined;
  let proofs = 0;
  for (const line of lines) {
    const path = /^- \[(.+)\]\(\.\.\/\1\)$/.exec(line)?.[1];
    const test = /^ {2}- (.+)$/.exec(line)?.[1];
    if (path !== undefined) {
      const text = proofFile.test(path) ? readFile(path) : undefined;
      if (text === undefined) complaints.push(`"${title}" names ${path}, which is no test.`);
      if (file?.titles === 0) complaints.push(`"${title}" names no test of ${file.path}.`);
      file = { path, text: text ?? '', titles: 0 };
    } else if (test !== undefined && file !== undefined) {
      file.titles++;
      proofs++;
      if (!file.text.includes(test)) complaints.push(`${file.path} has no test "${test}".`);
    } else if (line.trimStart().startsWith('- ')) {
      complaints.push(`"${title}" has a line that is no proof: ${line.trim()}`);
    }
  }
  if (file?.titles === 0) complaints.push(`"${title}" names no test of ${file.path}.`);
  if (state === 'Not met yet' ? proofs > 0 : proofs === 0) {
    complaints.push(`"${title}" is "${state}" with ${proofs} proofs.`);
  }
  return complaints;
}
