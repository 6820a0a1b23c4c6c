import { runEmbedderContract } from '../contract/embedder-contract.ts';
import { openBuiltinEmbedder } from './builtin-embedder.ts';

runEmbedderContract({
  name: 'builtin',
  open: async () => openBuiltinEmbedder(),
  knows: 'english',
  skip: [{ rule: 'refuses with a code after it was closed', reason: 'it holds nothing to give' }],
});
