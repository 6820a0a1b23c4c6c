/** The variables in which people keep the keys of services already. */

/** In order; the first that is set counts. */
export const vendorKeyVariables: Readonly<Record<string, readonly string[]>> = {
  openai: ['OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  cohere: ['COHERE_API_KEY', 'CO_API_KEY'],
  mistral: ['MISTRAL_API_KEY'],
  huggingface: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
  voyage: ['VOYAGE_API_KEY'],
  google: ['GEMINI_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  replicate: ['REPLICATE_API_TOKEN'],
};

/** All of them, of those vendors that are named. */
export function keyVariablesOf(vendors: readonly string[]): string {
  return vendors.flatMap((vendor) => vendorKeyVariables[vendor] ?? []).join(', ');
}
