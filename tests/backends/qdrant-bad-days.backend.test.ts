import {
  listOf,
  numberOf,
  textOf,
} from '../../packages/server/src/backends/vector-service/read-answer.ts';
import { runServiceBadDays } from './service-bad-days.ts';

runServiceBadDays({
  name: 'qdrant',
  urlSetting: 'REVERIE_QDRANT_URL',
  keySetting: 'REVERIE_QDRANT_API_KEY',
  keyed: (key) => ({ QDRANT__SERVICE__API_KEY: key }),
  passages: async (url) => {
    const answer = await (await fetch(`${url}/collections`)).json();
    let sum = 0;
    for (const each of listOf(answer, 'result', 'collections')) {
      const name = textOf(each, 'name') ?? '';
      if (name.endsWith('_store')) continue;
      const counting = await fetch(`${url}/collections/${name}/points/count`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"exact":true}',
      });
      sum += numberOf(await counting.json(), 'result', 'count') ?? 0;
    }
    return sum;
  },
});
