/**
 * Tells a store from a copy of it: both have the same id, and both would write over each other's
 * vectors. Whoever starts says so in the system, with a word that only its own records know; who
 * finds a word there that is not in its records is not the one that used the system last.
 */
import { randomBytes } from 'node:crypto';
import { MemoryError } from '../../domain/errors.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { VectorIndexPort } from '../../ports/vector-index.ts';
import { vectorsPrefix } from './feed-document.ts';

/** Those of the store, by what the system calls itself. */
export const turnsKey = (identity: string): string => `${vectorsPrefix}turns/${identity}`;

/** Servers that start together may write theirs late. */
const turnsKept = 64;

type TurnIndex = Pick<VectorIndexPort, 'name' | 'identity' | 'turn' | 'setTurn'>;

/** A start of a server. Throws setting_invalid, with what to do, where a copy has used it since. */
export async function takeTurn(control: ControlPort, index: TurnIndex): Promise<void> {
  for (;;) {
    const { there, key, turns, version } = await requireTurn(control, index);
    const turn = randomBytes(12).toString('hex');
    const others = turns.filter((each) => each !== there);
    // What is there stays known, however often a start ended before it said another one.
    const last = there === undefined ? [turn] : [there, turn];
    const next = JSON.stringify([...others, ...last].slice(-turnsKept));
    // In this order: what is in the system is always known here.
    if ((await control.putIfVersion(key, next, version)) === undefined) continue;
    return index.setTurn(turn);
  }
}

/** A server that runs; a system that was made anew meanwhile is its own again. Throws alike. */
export async function keepTurn(control: ControlPort, index: TurnIndex): Promise<void> {
  const { there } = await requireTurn(control, index);
  if (there === undefined) await takeTurn(control, index);
}

/** Throws setting_invalid where a copy has used it since. */
export async function requireTurn(control: ControlPort, index: TurnIndex) {
  const there = await index.turn();
  const known = await readTurns(control, await index.identity());
  if (there !== undefined && !known.turns.includes(there)) throw ofCopy(index.name);
  return { there, ...known };
}

/** Those that the records know, of the system that calls itself so. */
async function readTurns(control: ControlPort, identity: string) {
  const key = turnsKey(identity);
  const document = await control.get(key);
  const turns: string[] = document ? JSON.parse(document.value) : [];
  return { key, turns, version: document?.version ?? 0 };
}

/** Before the system is emptied. Throws setting_invalid where a copy has used it since. */
export async function requireOwnTurn(
  control: ControlPort,
  system: string,
  { identity, turn }: { readonly identity: string; readonly turn: string | undefined },
): Promise<void> {
  if (turn === undefined || (await readTurns(control, identity)).turns.includes(turn)) return;
  const message =
    `REVERIE_VECTORS: a copy of this store, or this store at another time, was the last to use ` +
    `${system}; nothing is deleted. Where it belongs to that copy now, call this with ` +
    '--disown and these words; where it is to be emptied all the same, with --take-over.';
  const details = { setting: 'REVERIE_VECTORS' };
  throw new MemoryError('setting_invalid', message, { details });
}

function ofCopy(name: string): MemoryError {
  const message =
    `REVERIE_VECTORS: a copy of this store, or this store at another time, was the last to use ` +
    `${name}. Give this one another place there, or "builtin"; or, where it is to be the only ` +
    'one, run "reverie drop-vectors --take-over" and start it: it is filled again.';
  const details = { setting: 'REVERIE_VECTORS' };
  return new MemoryError('setting_invalid', message, { details });
}
