/** A model's process for tests: it answers by rule, and breaks in the ways that the text names. */
import { writeFileSync } from 'node:fs';
import type { FromModel, ToModel } from './model-messages.ts';

const send = (message: FromModel): void => void process.send?.(message);

process.once('disconnect', () => process.exit(0));
process.on('message', (message: ToModel) => {
  if (message.type === 'load') {
    const { model } = message.task;
    if (model === 'missing') {
      send({ type: 'failed', reason: 'package-missing', message: 'The package is missing.' });
    } else if (model === 'unusable') {
      send({ type: 'failed', reason: 'model-unusable', message: 'no such file' });
    } else if (model === 'ends') {
      process.exit(3);
    } else send({ type: 'ready', size: 2 });
    return;
  }
  const { id, text, pair } = message;
  const [command, argument = ''] = text.split(' ');
  if (command === 'end') process.exit(4);
  if (command === 'hang') return;
  // The first process to see it ends, and leaves a mark for the next.
  if (command === 'end-once') {
    try {
      writeFileSync(argument, '', { flag: 'wx' });
      process.exit(5);
    } catch {
      // It was done before.
    }
  }
  if (command === 'environment') {
    const isClean = Object.keys(process.env).every((name) => !name.startsWith('REVERIE_'));
    return send({ type: 'answer', id, values: Float32Array.of(isClean ? 1 : 0, 0) });
  }
  if (command === 'fault') return send({ type: 'fault', id, message: 'the text is odd' });
  if (command === 'nan')
    return send({ type: 'answer', id, values: Float32Array.of(Number.NaN, 0) });
  const delay = command === 'slow' ? 40 : 0;
  const values = Float32Array.of(text.length, pair?.length ?? 0);
  setTimeout(() => send({ type: 'answer', id, values }), delay);
});
