import { afterAll } from 'vitest';
import { runEmbedderContract } from '../contract/embedder-contract.ts';
import {
  answerOf,
  type FakeService,
  openFakeService,
  sendJson,
} from './fake-service.test.helper.ts';
import { openRemote } from './open-remote.test.helper.ts';
import { remoteVendors } from './vendors.ts';

const services: FakeService[] = [];
afterAll(async () => {
  for (const service of services) await service.close();
});

for (const vendor of remoteVendors) {
  runEmbedderContract({
    name: vendor,
    async open() {
      const service = await openFakeService((sent, response) =>
        sendJson(response, answerOf(vendor, sent, 64)),
      );
      services.push(service);
      return openRemote({ vendor, url: service.url });
    },
  });
}
