import { expect, test } from 'vitest';
import { answer, doesNotKnow } from './model-stand-in.ts';
import { runSample } from './run-sample.ts';
import { withServices } from './with-services.ts';

test('the stand-in model knows nothing but its context', () => {
  expect(answer('', 'What design tool do I use?')).toBe(doesNotKnow);
  expect(answer('', 'What database am I using?')).toBe(doesNotKnow);
  expect(answer('User: I work primarily in Figma.', 'What design tool do I use?')).toContain(
    'Figma',
  );
});

test('the Node sample of the Replicate guide remembers the first session', async () => {
  await withServices(async ({ server, models }) => {
    const printed = await runSample({
      sample: 'replicate-guide.mjs',
      server,
      models: models.url,
      // The guide's Node sample only defines the function; its Python sample calls it like this.
      tail: `
console.log(await chatWithMemory("I'm a product designer. I work primarily in Figma."));
console.log(await chatWithMemory("What design tool do I use?"));
`,
    });
    expect(printed.trimEnd().split('\n')).toEqual([
      'Good to know.',
      'You mentioned you work primarily in Figma.',
    ]);
    expect(models.calls).toContain('GET /v1/predictions/p1');
  });
});

test('the Node sample of the Mistral guide finds what it stored', async () => {
  await withServices(async ({ server, models }) => {
    const printed = await runSample({
      sample: 'mistral-guide.mjs',
      server,
      models: models.url,
      tail: 'console.log(context);',
    });
    expect(printed.trim()).toBe("User's stack: Rust, Axum, PostgreSQL, HTMX. Building a SaaS app.");
  });
});
