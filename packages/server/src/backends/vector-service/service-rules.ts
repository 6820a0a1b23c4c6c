/** What every index over a vector database keeps to, beside the contract of the port. */
import { describe, expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import type { VectorIndexPort, VectorPlace } from '../../ports/vector-index.ts';
import { memoriesOf, seededRandom, unitVector } from '../contract/vector-fixtures.ts';
import type { VectorBackend } from '../contract/vector-index-contract.ts';
import { inspectService } from './inspect-service.ts';
import { openServiceIndex } from './service-index.ts';
import type { VectorService } from './vector-service.ts';

/** A database with names that no other test has. */
export type MakeService = () => VectorService;

const dimension = 16;
const random = seededRandom(1);
const vector = () => unitVector(random, dimension);
const place: VectorPlace = { tenant: 'one' as TenantId, namespaceNo: 1, generation: 1 };

/** For the contract of the port. */
export function serviceBackend(name: string, make: MakeService): VectorBackend {
  let service: VectorService;
  return {
    name,
    open: async () => {
      service = make();
      return { index: await openServiceIndex(service, 'one'), close: () => clear(service) };
    },
    reopen: () => openServiceIndex(service, 'one'),
  };
}

export async function clear(service: VectorService): Promise<void> {
  for (const { name } of await service.collections()) await service.removeCollection(name);
  await service.removeMark();
}

export function runServiceRules(name: string, make: MakeService): void {
  describe(`${name}: whose it is, and what was lost`, () => {
    /** A service, an index over it with two memories, and the same by another process. */
    const scene = async (work: (opened: Scene) => Promise<void>): Promise<void> => {
      const service = make();
      try {
        const index = await openServiceIndex(service, 'one');
        await index.prepare(1, dimension);
        await index.put(place, memoriesOf([vector(), vector()]));
        await work({ service, index, open: (store = 'one') => openServiceIndex(service, store) });
      } finally {
        await clear(service);
      }
    };
    describe('whose', () => ownerRules(scene));
    describe('lost', () => lossRules(scene));
  });
}

interface Scene {
  readonly service: VectorService;
  readonly index: VectorIndexPort;
  open(store?: string): Promise<VectorIndexPort>;
}

type PlayScene = (work: (scene: Scene) => Promise<void>) => Promise<void>;

function ownerRules(scene: PlayScene): void {
  test('the vectors of another store are refused, with what to do', () =>
    scene(async ({ service, open }) => {
      const refused = open('another');
      await expect(refused).rejects.toMatchObject({ code: 'setting_invalid' });
      await expect(refused).rejects.toThrow(new RegExp(`${service.namesSetting}.*another store`));
    }));

  test('doctor tells its version, and what it has', () =>
    scene(async ({ service }) => {
      const check = await inspectService(service);
      expect(check).toMatchObject({ name: service.name, ok: true });
      expect(check.detail).toMatch(new RegExp(`^${service.title}.*, one generation of vectors$`));
      await clear(service);
      expect((await inspectService(service)).detail).toMatch(/nothing there yet$/);
    }));

  test('a generation of another dimension is refused, after a restart too', () =>
    scene(async ({ service, open }) => {
      const again = await open();
      const refused = again.prepare(1, dimension * 2);
      await expect(refused).rejects.toMatchObject({ code: 'setting_invalid' });
      await expect(refused).rejects.toThrow(new RegExp(`${service.namesSetting}.*16 dimensions`));
    }));

  test('a generation that nobody prepared has nothing, and to drop it loses nothing', () =>
    scene(async ({ index, open }) => {
      const identity = await index.identity();
      const never = { ...place, generation: 7 };
      const again = await open();
      for (const each of [index, again]) {
        expect(await each.search(never, vector(), 5)).toEqual([]);
        expect(await each.count(never)).toBe(0);
        await each.remove(never, [1]);
        await each.drop(never);
        expect(await each.count(place)).toBe(2);
        expect(await each.identity()).toBe(identity);
      }
    }));

  test('a vector of another length is refused, and changes nothing', () =>
    scene(async ({ index }) => {
      const wrong = { ordinal: 1, passages: [unitVector(random, 8)] };
      await expect(index.put(place, [wrong])).rejects.toMatchObject({ code: 'setting_invalid' });
      expect(await index.count(place)).toBe(2);
    }));

  test('those that start together take one identity', async () => {
    await scene(async ({ service }) => {
      await clear(service);
      const opened = await Promise.all([1, 2, 3].map(() => openServiceIndex(service, 'one')));
      expect(new Set(await Promise.all(opened.map((each) => each.identity()))).size).toBe(1);
      await Promise.all(opened.map((each) => each.prepare(1, dimension)));
      const [first, ...others] = opened;
      await first?.put(place, memoriesOf([vector()]));
      for (const each of others) expect(await each.count(place)).toBe(1);
    });
  });
}

function lossRules(scene: PlayScene): void {
  test('a collection that was deleted makes a new identity, and takes puts again', () =>
    scene(async ({ service, index }) => {
      const identity = await index.identity();
      for (const { name } of await service.collections()) await service.removeCollection(name);
      const lost = index.put(place, memoriesOf([vector()]));
      await expect(lost).rejects.toMatchObject({ code: 'store_unavailable' });
      await expect(lost).rejects.toThrow(/lost its vectors/);
      expect(await index.identity()).not.toBe(identity);
      await index.put(place, memoriesOf([vector()]));
      expect(await index.count(place)).toBe(1);
    }));

  test('a database that lost everything says so at once, to every process', () =>
    scene(async ({ service, index, open }) => {
      const other = await open();
      await other.prepare(1, dimension);
      const identity = await index.identity();
      await clear(service);
      await expect(index.search(place, vector(), 5)).rejects.toThrow(/lost its vectors/);
      await expect(other.search(place, vector(), 5)).rejects.toThrow(/lost its vectors/);
      expect(await index.identity()).not.toBe(identity);
      expect(await other.identity()).toBe(await index.identity());
      await index.put(place, memoriesOf([vector()]));
      expect(await other.count(place)).toBe(1);
    }));

  test('one that was made anew does not know who used it last, and keeps what it is told', () =>
    scene(async ({ service, index }) => {
      await index.setTurn('0123456789ab');
      await index.prepare(2, dimension);
      expect(await index.turn()).toBe('0123456789ab');
      for (const { name } of await service.collections()) await service.removeCollection(name);
      await expect(index.put(place, memoriesOf([vector()]))).rejects.toThrow(/lost its vectors/);
      expect(await index.turn()).toBeUndefined();
    }));

  test('what is deleted between two starts is noticed by the next one', () =>
    scene(async ({ service, index, open }) => {
      const identity = await index.identity();
      for (const { name } of await service.collections()) await service.removeCollection(name);
      const again = await open();
      await again.prepare(1, dimension);
      expect(await again.identity()).not.toBe(identity);
      expect(await again.count(place)).toBe(0);
    }));

  test('what belongs to no mark any more is removed at the start', () =>
    scene(async ({ service, open }) => {
      const [before] = await service.collections();
      await service.removeMark();
      const again = await open();
      await again.prepare(1, dimension);
      const after = await service.collections();
      expect(after).toHaveLength(1);
      expect(after[0]?.name).not.toBe(before?.name);
    }));
}
