/** The services that generate: where they are and how they are called. */
import {
  anthropicGenerate,
  cohereGenerate,
  compatibleGenerate,
  googleGenerate,
  mistralGenerate,
  openaiGenerate,
} from './ai-sdk-generate.ts';
import type { GenerateCall, GeneratorConnection } from './generate-call.ts';
import { replicateGenerate } from './replicate-generate.ts';

export interface GeneratorService {
  /** Where the service is unless a setting says otherwise; undefined where it must. */
  readonly url: string | undefined;
  readonly needsKey: boolean;
  /** Whether the service can be given a schema that its answer has to fit. */
  readonly takesSchema: boolean;
  /** What the name of a model looks like, where there is a rule. */
  readonly modelForm?: { readonly pattern: RegExp; readonly example: string };
  open(connection: GeneratorConnection): Promise<GenerateCall>;
}

export const generatorVendors = [
  'openai',
  'anthropic',
  'mistral',
  'google',
  'cohere',
  'ollama',
  'replicate',
  'openai-compatible',
] as const;
export type GeneratorVendor = (typeof generatorVendors)[number];

const keyed = { needsKey: true, takesSchema: true };

export const generatorServices: Readonly<Record<GeneratorVendor, GeneratorService>> = {
  openai: { ...keyed, url: 'https://api.openai.com/v1', open: openaiGenerate },
  anthropic: { ...keyed, url: 'https://api.anthropic.com/v1', open: anthropicGenerate },
  mistral: { ...keyed, url: 'https://api.mistral.ai/v1', open: mistralGenerate },
  google: {
    ...keyed,
    url: 'https://generativelanguage.googleapis.com/v1beta',
    open: googleGenerate,
  },
  cohere: { ...keyed, url: 'https://api.cohere.com/v2', open: cohereGenerate },
  ollama: {
    url: 'http://127.0.0.1:11434/v1',
    needsKey: false,
    takesSchema: true,
    open: compatibleGenerate,
  },
  replicate: {
    url: 'https://api.replicate.com/v1',
    needsKey: true,
    takesSchema: false,
    modelForm: {
      pattern: /^[\w.-]+\/[\w.-]+(:[0-9a-f]{64})?$/,
      example: 'owner/name or owner/name:version',
    },
    open: replicateGenerate,
  },
  'openai-compatible': {
    url: undefined,
    needsKey: false,
    takesSchema: true,
    open: compatibleGenerate,
  },
};
