/** The JSON in what a model wrote: it likes to put a fence, a word or its thoughts around it. */

/** The text itself where it is JSON, or where there is none in it. */
export function jsonInText(text: string): string {
  const bare = text.replace(/^\s*<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/, '').trim();
  const candidates = [bare, ...fenced(bare), between(bare, '{', '}'), between(bare, '[', ']')];
  return candidates.find(isJson) ?? text;
}

function fenced(text: string): string[] {
  return [...text.matchAll(/```[a-z]*\s*\n([\s\S]*?)\n?\s*```/gi)].map(([, inner = '']) => inner);
}

function between(text: string, open: string, close: string): string {
  const from = text.indexOf(open);
  return from === -1 ? '' : text.slice(from, text.lastIndexOf(close) + 1);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
