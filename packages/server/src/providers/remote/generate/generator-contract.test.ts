import { afterAll } from 'vitest';
import { runGeneratorContract } from '../../contract/generator-contract.ts';
import { type FakeService, openFakeService, type Sent } from '../fake-service.test.helper.ts';
import { type GeneratorVendor, generatorVendors } from './generator-vendors.ts';
import { answerWith, openGenerator, speakAs } from './open-generator.test.helper.ts';

const services: FakeService[] = [];
afterAll(async () => {
  for (const service of services) await service.close();
});

/** A model that knows three answers. */
function write(vendor: GeneratorVendor, { body }: Sent): unknown {
  const asked = JSON.stringify(body);
  if (asked.includes('Count to a thousand')) return answerWith(vendor, 'one two', 'cut');
  const isJson = asked.includes('additionalProperties') || asked.includes('"responseSchema"');
  return answerWith(vendor, isJson ? '{"word": "yes"}' : 'Yes.');
}

for (const vendor of generatorVendors) {
  runGeneratorContract({
    name: vendor,
    async open() {
      const service = await openFakeService(speakAs(vendor, (sent) => write(vendor, sent)));
      services.push(service);
      return openGenerator({ vendor, url: service.url });
    },
  });
}
