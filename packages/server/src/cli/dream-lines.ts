/** How dreams look on a terminal: one paragraph for each action, with its reason. */
import type { Dream, DreamAction, DreamDiff } from '@reverie/sdk';
import { countOf, plain, shorten } from './output.ts';

/** Characters of a text on one line, and sources shown of an action. */
const textChars = 160;
const sourcesShown = 5;

export function dreamLine(dream: Dream): string {
  const { id, status, createdAt, counts, strategies } = dream;
  const what = strategies.length === 9 ? 'full_cycle' : strategies.join(',');
  const at = plain(createdAt).slice(0, 16).replace('T', ' ');
  return `${id}  ${at}  ${status.padEnd(9)}  ${what}  ${countsOf(counts)}\n`;
}

/** What came out, and what to do next. */
export function outcomeLine(dream: Dream): string {
  const { id, status, counts, snapshot } = dream;
  const read = snapshot ? `read ${countOf(snapshot.memories, 'memory', 'memories')}` : '';
  const part = snapshot?.complete === false ? ', the oldest and the newest' : '';
  const found = status === 'empty' ? 'nothing to change' : countsOf(counts);
  const next = {
    planned: dream.dryRun ? '' : `Apply it with: reverie dream apply ${id}\n`,
    applied: `Undo it with: reverie dream undo ${id}\n`,
  };
  const then = status === 'planned' || status === 'applied' ? next[status] : '';
  return `${status}: ${[read + part, found].filter(Boolean).join('; ')}\n${then}`;
}

function countsOf(counts: Dream['counts']): string {
  const { tokensArchived, tokensAdded, ...changes } = counts;
  const told = Object.entries(changes).filter(([, count]) => count > 0);
  const tokens = tokensArchived > 0 ? [`${tokensArchived} tokens become ${tokensAdded}`] : [];
  return [...told.map(([what, count]) => `${count} ${what}`), ...tokens].join(', ') || 'no changes';
}

export function diffLines(diff: DreamDiff): string {
  return diff.actions.map((action) => actionLines(action, diff)).join('');
}

function actionLines(action: DreamAction, diff: DreamDiff): string {
  const { id, status, confidence, reason, why } = action;
  const of = ({ action: name }: { readonly action: string }): boolean => name === id;
  const said = (memory: string): string => {
    const named = diff.memories[memory];
    return named ? `"${shorten(named.content, textChars)}"` : memory;
  };
  const state = status === 'pending' ? '' : `  ${status}`;
  const head = `${id}  ${confidence.toFixed(2)}${state}  ${plain(why ?? reason)}\n`;
  const lines = [
    ...diff.added.filter(of).map((added) => {
      const words = added.value === null && added.id !== null ? said(added.id) : '';
      return `+ ${added.type}: ${words || `"${shorten(added.value ?? '', textChars)}"`}`;
    }),
    ...diff.updated.filter(of).map((updated) => `~ ${setOf(updated)}: ${said(updated.id)}`),
    ...diff.superseded.filter(of).map(({ id: memory, by }) => {
      return `- replaced: ${said(memory)}${by === null ? '' : ` by ${said(by)}`}`;
    }),
    ...shownOf(diff.archived.filter(of).map(({ id: memory }) => `- archived: ${said(memory)}`)),
    ...diff.linked.filter(of).map(({ type, from, to }) => {
      return `> ${plain(type)}: ${said(from)} to ${said(to)}`;
    }),
  ];
  return head + lines.map((line) => `    ${line}\n`).join('');
}

function setOf({ confidence, importance, validTo }: DreamDiff['updated'][number]): string {
  const parts = [
    confidence === undefined ? undefined : `confidence ${confidence.toFixed(2)}`,
    importance === undefined ? undefined : `importance ${importance.toFixed(2)}`,
    validTo === undefined ? undefined : `valid until ${plain(validTo ?? 'open').slice(0, 10)}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function shownOf(lines: readonly string[]): string[] {
  if (lines.length <= sourcesShown) return [...lines];
  return [...lines.slice(0, sourcesShown - 1), `  and ${lines.length - sourcesShown + 1} more`];
}
