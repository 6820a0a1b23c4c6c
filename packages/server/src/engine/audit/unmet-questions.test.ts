import { expect, test } from 'vitest';
import type { TenantId } from '../../domain/memory.ts';
import { parseNamespace } from '../../domain/names.ts';
import { UnmetQuestions } from './unmet-questions.ts';

const tenant = 't' as TenantId;
const [ann, bob] = [parseNamespace('ann'), parseNamespace('bob')];

test('questions without an answer are kept by namespace, the most asked first', () => {
  const unmet = new UnmetQuestions();
  unmet.note(tenant, ann, 'Where is  the key?', 0.1);
  unmet.note(tenant, ann, 'Who is Popa?', 0);
  unmet.note(tenant, ann, 'Who is Popa?', 0);
  unmet.note(tenant, ann, 'Where do I live?', 0.8);
  unmet.note(tenant, bob, 'What is mine?', 0);
  expect(unmet.read(tenant, ann)).toEqual([
    { text: 'Who is Popa?', count: 2 },
    { text: 'Where is the key?', count: 1 },
  ]);
  unmet.clear(tenant, ann);
  expect(unmet.read(tenant, ann)).toEqual([]);
  expect(unmet.read(tenant, bob)).toHaveLength(1);
});

test('what is kept has bounds, and the newest stays', () => {
  const unmet = new UnmetQuestions();
  for (let i = 0; i < 100; i += 1) unmet.note(tenant, ann, `Question ${i}?`, 0);
  const kept = unmet.read(tenant, ann).map(({ text }) => text);
  expect(kept).toHaveLength(32);
  expect(kept).toContain('Question 99?');
  for (let i = 0; i < 2_100; i += 1) unmet.note(tenant, parseNamespace(`n${i}`), 'Why?', 0);
  expect(unmet.read(tenant, ann)).toEqual([]);
  unmet.note(tenant, bob, 'x'.repeat(5_000), 0);
  expect(unmet.read(tenant, bob)[0]?.text).toHaveLength(300);
});
