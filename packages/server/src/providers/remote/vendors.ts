/** The services that embed: where they are, what they take, and how they are called. */
import { cohereCall, compatibleCall, googleCall, mistralCall, openaiCall } from './ai-sdk-calls.ts';
import type { CallLimits } from './batches.ts';
import type { Connection, EmbedCall } from './embed-call.ts';
import { huggingfaceCall, voyageCall } from './rest-calls.ts';

export interface Vendor {
  /** Where the service is unless a setting says otherwise; undefined where it must. */
  readonly url: string | undefined;
  readonly defaultModel: string | undefined;
  readonly needsKey: boolean;
  /** Whether the call can ask for a dimension. */
  readonly canShorten: boolean;
  readonly limits: CallLimits & {
    /** Bytes of UTF-8 of one text; what comes later is not read. */
    readonly textBytesMax: number;
  };
  open(connection: Connection): Promise<EmbedCall>;
}

export const remoteVendors = [
  'openai',
  'cohere',
  'mistral',
  'huggingface',
  'voyage',
  'google',
  'ollama',
  'openai-compatible',
] as const;
export type RemoteVendor = (typeof remoteVendors)[number];

/**
 * Every service takes as many in one call. Most take more, but decoding 32 vectors of 1,536 numbers
 * holds the event loop for 5 ms already (measured on 2 cores).
 */
const textsMax = 32;

/**
 * The services' limits are in tokens; there are never more tokens than bytes, so bytes within the
 * token limit are within the limit. Where the service cuts long texts itself the bound is wide.
 */
export const vendors: Readonly<Record<RemoteVendor, Vendor>> = {
  openai: {
    url: 'https://api.openai.com/v1',
    defaultModel: 'text-embedding-3-small',
    needsKey: true,
    canShorten: true,
    // 2,048 texts and 300,000 tokens a call, 8,192 tokens a text.
    limits: { textsMax, bytesMax: 250_000, textBytesMax: 8_000 },
    open: openaiCall,
  },
  cohere: {
    url: 'https://api.cohere.com/v2',
    defaultModel: 'embed-v4.0',
    needsKey: true,
    canShorten: true,
    // 96 texts a call; cuts at the end by itself.
    limits: { textsMax, bytesMax: 250_000, textBytesMax: 32_000 },
    open: cohereCall,
  },
  mistral: {
    url: 'https://api.mistral.ai/v1',
    defaultModel: 'mistral-embed',
    needsKey: true,
    canShorten: false,
    // 32 texts a call in the AI SDK; 16,384 tokens a call and 8,192 a text.
    limits: { textsMax, bytesMax: 16_000, textBytesMax: 8_000 },
    open: mistralCall,
  },
  huggingface: {
    url: 'https://router.huggingface.co/hf-inference',
    defaultModel: 'intfloat/multilingual-e5-large',
    needsKey: true,
    canShorten: false,
    // Text Embeddings Inference takes 32 texts a call unless told otherwise; told to cut.
    limits: { textsMax, bytesMax: 100_000, textBytesMax: 32_000 },
    open: huggingfaceCall,
  },
  voyage: {
    url: 'https://api.voyageai.com/v1',
    defaultModel: 'voyage-4',
    needsKey: true,
    canShorten: true,
    // 1,000 texts and, for the smallest bound of its models, 120,000 tokens a call; cuts by itself.
    limits: { textsMax, bytesMax: 110_000, textBytesMax: 32_000 },
    open: voyageCall,
  },
  google: {
    url: 'https://generativelanguage.googleapis.com/v1beta',
    defaultModel: 'gemini-embedding-001',
    needsKey: true,
    canShorten: true,
    // 100 texts a call; 2,048 tokens a text, after which the service stops reading.
    limits: { textsMax, bytesMax: 200_000, textBytesMax: 8_000 },
    open: googleCall,
  },
  ollama: {
    url: 'http://127.0.0.1:11434/v1',
    defaultModel: 'nomic-embed-text',
    needsKey: false,
    canShorten: false,
    // Cuts by itself.
    limits: { textsMax, bytesMax: 64_000, textBytesMax: 8_000 },
    open: compatibleCall,
  },
  'openai-compatible': {
    url: undefined,
    defaultModel: undefined,
    needsKey: false,
    canShorten: true,
    limits: { textsMax, bytesMax: 64_000, textBytesMax: 8_000 },
    open: compatibleCall,
  },
};
