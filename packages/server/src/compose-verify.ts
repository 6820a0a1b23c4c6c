/** Verifies a whole data folder, beside a running server or without one. */
import { readErasures } from './backends/files/read-erasures.ts';
import { type VerifyReaders, verifyStore } from './backends/sqlite/verify.ts';
import type { DoctorCheck } from './cli/actions.ts';
import { requireStore } from './compose-compact.ts';
import type { Settings } from './config/settings.ts';
import { decodeBody } from './domain/body-codec.ts';
import { generationRegistry } from './engine/embed/generations.ts';
import { forgetProblems } from './engine/forget/check-documents.ts';
import { analysisProblem, imageProblems, vectorsProblem } from './index/check-derived.ts';

const readers: VerifyReaders = {
  ...generationRegistry,
  bodyProblem,
  analysisProblem,
  vectorsProblem,
  imageProblems,
  controlProblems: forgetProblems,
};

/** Changes nothing. Throws setting_invalid where there is no store on disk. */
export async function verify(
  settings: Settings,
): Promise<{ readonly checks: readonly DoctorCheck[] }> {
  requireStore(settings);
  const checks = verifyStore(settings.dataDir, readers);
  return { checks: [...checks, await inspectErasures(settings.erasures)] };
}

function bodyProblem(body: Uint8Array): string | undefined {
  try {
    decodeBody(body);
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? 'its JSON is damaged' : String(error);
  }
}

/** Of the list of erasures: without one that can be read no server starts. */
export async function inspectErasures(path: string): Promise<DoctorCheck> {
  const name = 'erasures';
  try {
    const { erasures, damaged } = await readErasures(path);
    if (damaged.length === 0) {
      return { name, ok: true, detail: `${erasures.length} lines in ${path}` };
    }
    const lines = damaged.slice(0, 5).join(', ');
    const advice = 'take the list from a backup, or remove the lines';
    return { name, ok: false, detail: `${path} is damaged in lines ${lines}: ${advice}` };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
