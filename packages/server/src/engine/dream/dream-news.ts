/** What happened to a dream, kept with it until those who follow have been told. */
import { createHash } from 'node:crypto';
import type { DreamEvent } from '../../domain/events.ts';
import { makeId } from '../../domain/ids.ts';
import type { TenantId } from '../../domain/memory.ts';
import type { ControlPort } from '../../ports/control.ts';
import type { BatchDocument } from '../../ports/records.ts';
import type { EngineDeps } from '../deps.ts';
import type { DreamPlace } from './dream-store.ts';

type News = Pick<DreamEvent, 'type' | 'at' | 'namespace'> &
  DreamPlace & {
    /** Of what can happen to a dream more than once: which version of it that changed. */
    readonly step?: number;
  };

const prefix = 'dream-news/';

/** Written with what it tells of. */
export function newsDocument(news: News): BatchDocument {
  const { type, at, namespace, tenant, namespaceNo, id, step = 0 } = news;
  const value = { type, at, namespace, tenant, namespaceNo, id, step };
  return { key: keyOf(news), value, expected: 0 };
}

/** For news that come with no batch. */
export async function keepNews(control: ControlPort, news: News): Promise<void> {
  const { key, value } = newsDocument(news);
  await control.putIfVersion(key, JSON.stringify(value), 0);
}

/** Of one namespace, or of all; twice tells the same event. */
export async function tellNews(
  { control, followers }: Pick<EngineDeps, 'control' | 'followers'>,
  place?: Pick<DreamPlace, 'tenant' | 'namespaceNo'>,
): Promise<void> {
  for (const { key, value } of await control.list(place ? placeOf(place) : prefix)) {
    const { type, at, namespace, tenant, namespaceNo, id, step }: News = JSON.parse(value);
    const hash = createHash('sha256').update(JSON.stringify([tenant, id, type, at, step]));
    const event = { id: makeId('evt', at, hash.digest()), type, namespace, namespaceNo, at };
    await followers?.dreamTold(tenant, { ...event, dream: id });
    await control.delete(key);
  }
}

/** Of a namespace that is gone: its name goes with it. */
export async function dropNews(
  control: ControlPort,
  tenant: TenantId,
  namespaceNo: number,
): Promise<void> {
  for (const { key } of await control.list(placeOf({ tenant, namespaceNo }))) {
    await control.delete(key);
  }
}

const placeOf = ({ tenant, namespaceNo }: Pick<DreamPlace, 'tenant' | 'namespaceNo'>): string =>
  `${prefix}${encodeURIComponent(tenant)}/${namespaceNo}/`;

const keyOf = ({ step = 0, ...news }: News): string =>
  `${placeOf(news)}${news.id}/${news.type}/${step}`;
