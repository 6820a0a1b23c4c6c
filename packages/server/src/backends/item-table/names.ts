/** Namespaces by name and by number: where one lies, who owns it, which there are. */
import type { NamespaceName, TenantId } from '../../domain/memory.ts';
import { decodeHead, type Head } from './head-codec.ts';
import type { ItemTable, Write } from './item-table.ts';
import { encodeItem, numberIn, numbersIn, textIn } from './items.ts';
import {
  closedKey,
  countersKey,
  type Key,
  nameKey,
  nameOfKey,
  padNo,
  partitionOf,
  registryKey,
  registryPartition,
  type Space,
  sortKeys,
  tenantPartition,
  usersPartition,
} from './keys.ts';

/** Names that are remembered; any that is wrong is noticed where it is used. */
const rememberedMax = 100_000;

export class Names {
  readonly #table: ItemTable;
  readonly #byName = new Map<string, number>();
  readonly #tenants = new Map<number, TenantId>();
  readonly #generations = new Set<number>();

  constructor(table: ItemTable) {
    this.#table = table;
  }

  async find(place: { tenant: TenantId; name: NamespaceName }): Promise<Space | undefined> {
    const { tenant, name } = place;
    const key = nameKey(tenant, name);
    const known = this.#byName.get(nameOfKey(key));
    if (known !== undefined) return { tenant, no: known };
    const item = await this.#table.get(key);
    if (!item) return undefined;
    const no = numberIn(item, 'no');
    this.learn({ tenant, name, no });
    return { tenant, no };
  }

  learn({ tenant, name, no }: Pick<Head, 'tenant' | 'name' | 'no'>): void {
    if (this.#byName.size >= rememberedMax) this.#byName.clear();
    this.#byName.set(nameOfKey(nameKey(tenant, name)), no);
  }

  /** The namespace is gone, or has another number by now. */
  forget({ tenant, name }: { tenant: TenantId; name: NamespaceName }): undefined {
    this.#byName.delete(nameOfKey(nameKey(tenant, name)));
  }

  /** By the bytes of their names. */
  async headsOf(
    tenant: TenantId,
    { after, limit }: { after?: NamespaceName; limit?: number } = {},
  ): Promise<Head[]> {
    const spaces: Space[] = [];
    const from = nameKey(tenant, after ?? ('' as NamespaceName)).sk;
    const query = { pk: tenantPartition(tenant), from, to: 'N$' };
    for await (const item of this.#table.query({
      ...query,
      ...(limit && { pageSize: limit + 1 }),
    })) {
      if (textIn(item, 'sk') === from) continue;
      if (limit !== undefined && spaces.length >= limit) break;
      spaces.push({ tenant, no: numberIn(item, 'no') });
    }
    return this.headsAt(spaces);
  }

  /** In the same order; those that are gone are left out. */
  async headsAt(spaces: readonly Space[]): Promise<Head[]> {
    const keyOf = (space: Space): Key => ({ pk: partitionOf(space), sk: sortKeys.head });
    const found = await this.#table.getAll(spaces.map(keyOf));
    return spaces.flatMap((space) => {
      const item = found.get(nameOfKey(keyOf(space)));
      return item ? [decodeHead(item)] : [];
    });
  }

  /** Whose a namespace is; a number never changes hands. */
  async ownerOf(no: number): Promise<Space | undefined> {
    const known = this.#tenants.get(no);
    if (known !== undefined) return { tenant: known, no };
    const item = await this.#table.get(registryKey(no));
    if (!item) return undefined;
    const tenant = textIn(item, 'tn') as TenantId;
    if (this.#tenants.size >= rememberedMax) this.#tenants.clear();
    this.#tenants.set(no, tenant);
    return { tenant, no };
  }

  /** Of all tenants, by number. */
  async spacesAfter(no: number, limit: number): Promise<Space[]> {
    return this.#spacesIn(registryPartition, no, limit);
  }

  /** That are searched by a generation, by number. */
  async usersAfter(generation: number, no: number, limit: number): Promise<Space[]> {
    return this.#spacesIn(usersPartition(generation), no, limit);
  }

  countUsers(generation: number): Promise<number> {
    return this.#table.count({ pk: usersPartition(generation) });
  }

  /** Generations that a namespace was ever searched by, ascending. */
  async generations(): Promise<number[]> {
    const item = await this.#table.get(countersKey);
    return item ? numbersIn(item, 'gs').sort((a, b) => a - b) : [];
  }

  /** What is written with the head of a new namespace. */
  async writesOfNew({ tenant, no, name, generation }: Head): Promise<Write[]> {
    return [
      { put: encodeItem(nameKey(tenant, name), { no }), condition: 'new' },
      { put: encodeItem(registryKey(no), { tn: tenant }) },
      ...(await this.writesOfUse({ tenant, no }, generation)),
    ];
  }

  /** What is written when a namespace is searched by a generation from now on. */
  async writesOfUse({ tenant, no }: Space, generation: number): Promise<Write[]> {
    if (!this.#generations.has(generation)) {
      // Before the first that uses it: the list may say too much, never too little.
      await this.#table.add(countersKey, 'gs', [generation]);
      this.#generations.add(generation);
    }
    const used = { pk: usersPartition(generation), sk: padNo(no) };
    const stillOpen: Write[] =
      generation === 0 ? [] : [{ check: closedKey(generation), condition: 'new' }];
    return [{ put: encodeItem(used, { tn: tenant }) }, ...stillOpen];
  }

  /** What is written with the end of a head. */
  writesOfEnd({ tenant, no, name, generation }: Head): Write[] {
    return [
      { delete: nameKey(tenant, name) },
      { delete: registryKey(no) },
      { delete: { pk: usersPartition(generation), sk: padNo(no) } },
    ];
  }

  async #spacesIn(pk: string, afterNo: number, limit: number): Promise<Space[]> {
    const spaces: Space[] = [];
    const query = { pk, from: padNo(afterNo + 1), pageSize: limit };
    if (limit <= 0) return spaces;
    for await (const item of this.#table.query(query)) {
      spaces.push({ tenant: textIn(item, 'tn') as TenantId, no: Number(textIn(item, 'sk')) });
      if (spaces.length === limit) break;
    }
    return spaces;
  }
}

/** A number that was never used. Those of namespaces that came to nothing are lost. */
export async function claimNamespace(table: ItemTable): Promise<number> {
  return numberIn(await table.add(countersKey, 'no', 1), 'no');
}
