/** Looks at a vector database without changing anything. */
import { MemoryError } from '../../domain/errors.ts';
import type { VectorService } from './vector-service.ts';

export interface ServiceCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Whether it answers, lets the key in and is new enough; and what it has. */
export async function inspectService(service: VectorService): Promise<ServiceCheck> {
  const { name } = service;
  try {
    const version = await service.check();
    const mark = await service.readMark();
    const generations = mark?.generations.size ?? 0;
    const had = generations === 1 ? 'one generation of vectors' : `${generations} generations`;
    return { name, ok: true, detail: `${version}, ${mark ? had : 'nothing there yet'}` };
  } catch (error) {
    if (!MemoryError.isInstance(error)) throw error;
    return { name, ok: false, detail: `${error.code}: ${error.message}` };
  }
}
