import {
  listOf,
  numberOf,
  textOf,
} from '../../packages/server/src/backends/vector-service/read-answer.ts';
import { runServiceBadDays } from './service-bad-days.ts';

runServiceBadDays({
  name: 'weaviate',
  urlSetting: 'REVERIE_WEAVIATE_URL',
  keySetting: 'REVERIE_WEAVIATE_API_KEY',
  keyed: (key) => ({
    AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
    AUTHENTICATION_APIKEY_ENABLED: 'true',
    AUTHENTICATION_APIKEY_ALLOWED_KEYS: key,
    AUTHENTICATION_APIKEY_USERS: 'test',
  }),
  passages: async (url) => {
    const ask = async (path: string): Promise<unknown> => (await fetch(`${url}/v1${path}`)).json();
    let sum = 0;
    for (const each of listOf(await ask('/schema'), 'classes')) {
      const name = textOf(each, 'class') ?? '';
      if (name.endsWith('_store')) continue;
      const tenants = await ask(`/schema/${name}/tenants`);
      for (const tenant of Array.isArray(tenants) ? tenants : []) {
        const part = `${name}(tenant: "${textOf(tenant, 'name')}")`;
        const counting = await fetch(`${url}/v1/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: `{ Aggregate { ${part} { meta { count } } } }` }),
        });
        const [counted] = listOf(await counting.json(), 'data', 'Aggregate', name);
        sum += numberOf(counted, 'meta', 'count') ?? 0;
      }
    }
    return sum;
  },
});
