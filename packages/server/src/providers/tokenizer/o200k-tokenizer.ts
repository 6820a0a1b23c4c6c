/** The o200k_base encoding of OpenAI's models, from the package gpt-tokenizer. */
import type { OpenTokenizer, Tokenizer } from '../../ports/tokenizer.ts';

/** Loading takes about 0.15 s and 70 MB, so a server that is never asked never pays. */
export function lazyO200kTokenizer(): OpenTokenizer {
  let opening: Promise<Tokenizer> | undefined;
  return () => {
    opening ??= open();
    return opening;
  };
}

async function open(): Promise<Tokenizer> {
  const { countTokens, setMergeCacheSize } = await import('gpt-tokenizer/encoding/o200k_base');
  // The cache would keep words of users in memory after they were forgotten, for 0.1 ms a thousand.
  setMergeCacheSize(0);
  const plain = { disallowedSpecial: new Set<string>() };
  return { name: 'o200k_base', count: (text) => countTokens(text, plain) };
}
