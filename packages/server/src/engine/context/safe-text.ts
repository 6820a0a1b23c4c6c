/**
 * Recalled text as one line of plain data: nothing in it can end the block that it stands in, open
 * a turn of its own, hide from a reader or pass for a citation. Pure.
 */
import { breakLongRuns } from '../../util/count-in-pieces.ts';

/** Every character that some renderer or model takes for the end of a line. */
const lineBreaks = /\s*[\r\n\v\f\u0085\u2028\u2029]+\s*/gu;
/** Control characters and lone surrogates. */
const unprintable = /[\p{Cc}\p{Cs}]/gu;
/** Zero-width characters, direction overrides and tags; visible marks of the same class stay. */
const invisible = /(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u08e2\u{110bd}])\p{Cf}/gu;
/** Selectors and fillers in which text can be smuggled. One selector after a character stays. */
const smugglers =
  /[\u{e0100}-\u{e01ef}\u115f\u1160\u3164\uffa0\u2800]|(?<=[\ufe00-\ufe0f])[\ufe00-\ufe0f]/gu;
const joined = String.raw`\p{L}\p{M}\p{Extended_Pictographic}`;
/** Joiners of Persian, Indic scripts and emoji, where there is nothing on one side to join. */
const looseJoiner = new RegExp(
  String.raw`(?<![${joined}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![${joined}])`,
  'gu',
);
/** A joiner between two Latin letters joins nothing: it only splits a word. */
const latinJoiner = /(?<=\p{Script=Latin})[\u200c\u200d]+(?=\p{Script=Latin})/gu;
/** Markers that chat templates give meaning to. A space inside makes them text. */
const templateMarks = new RegExp(
  [
    // <|im_start|> and <｜User｜>
    '<(?=[|｜])',
    String.raw`\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])`,
    '<(?=</?SYS>>)',
    '<(?=/?(?:s|bos|eos|start_of_turn|end_of_turn)>)',
    // What models write that call tools or think aloud, and what tools answer.
    '<(?=/?(?:tool_(?:calls?|response|use|results?)|function_(?:calls?|results)|invoke)[ >])',
    '<(?=/?(?:think|thinking|tools|antml:[a-z_]+)[ >])',
  ].join('|'),
  'giu',
);
/** What our own citations look like. */
const citation = /\[(\d{1,4})\]/g;

/** Lines become one, with a slash where a line ended. */
export function safeText(text: string): string {
  const line = text
    .replace(invisible, '')
    .replace(smugglers, '')
    .replace(latinJoiner, '')
    .replace(looseJoiner, '')
    .replace(lineBreaks, ' / ')
    .replace(unprintable, ' ')
    .replace(templateMarks, '$& ')
    .replace(citation, '($1)')
    .replace(/\s+/gu, ' ');
  return breakLongRuns(line).trim();
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** For the content of an element and for a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
