/** Blanks out what is not code, so that rules can look at the rest with plain patterns. */

/**
 * Replaces comments by spaces, and the inside of strings, templates and regular expressions by
 * `_`. Line breaks stay where they are; code inside `${}` stays code.
 */
export function maskCode(text: string): string {
  let out = '';
  let at = 0;
  /** For each open template: how many braces are open inside its current `${}`. */
  const templates: number[] = [];
  const blank = (end: number, fill: string) => {
    out += text.slice(at, end).replace(/[^\n]/g, fill);
    at = end;
  };
  while (at < text.length) {
    const char = text[at] ?? '';
    const two = text.slice(at, at + 2);
    const open = templates.at(-1);
    if (two === '//') blank(endOf(text, at, /\n/g, 0), ' ');
    else if (two === '/*') blank(endOf(text, at + 2, /\*\//g, 2), ' ');
    else if (char === "'" || char === '"') blank(endOfQuoted(text, at, char), '_');
    else if (char === '/' && startsRegex(out)) blank(endOfRegex(text, at), '_');
    else if (char === '`' || (char === '}' && open === 0)) {
      if (char === '}') templates.pop();
      const end = endOfTemplatePart(text, at + 1);
      if (text.slice(end - 2, end) === '${') templates.push(0);
      blank(end, '_');
    } else {
      if (open !== undefined && char === '{') templates[templates.length - 1] = open + 1;
      if (open !== undefined && char === '}') templates[templates.length - 1] = open - 1;
      out += char;
      at += 1;
    }
  }
  return out;
}

/** Just after the next match, or before it when `keep` is 0, or the end of the text. */
function endOf(text: string, from: number, pattern: RegExp, keep: number): number {
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found === null ? text.length : found.index + keep;
}

function endOfQuoted(text: string, from: number, quote: string): number {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === quote || text[i] === '\n') return i + 1;
  }
  return text.length;
}

function endOfTemplatePart(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '`') return i + 1;
    else if (text[i] === '$' && text[i + 1] === '{') return i + 2;
  }
  return text.length;
}

function endOfRegex(text: string, from: number): number {
  let inClass = false;
  for (let i = from + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i += 1;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if ((char === '/' && !inClass) || char === '\n') return i + 1;
  }
  return text.length;
}

/** After a value a slash divides; after an operator or a keyword it begins an expression. */
function startsRegex(before: string): boolean {
  const last = before.trimEnd();
  if (last === '' || /\b(return|typeof|case|in|of|do|else|await|yield)$/.test(last)) return true;
  return !/[\w$)\]}]$/.test(last);
}
