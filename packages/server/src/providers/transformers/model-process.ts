/**
 * The entry of a model's process. It is a process and not a thread, because the native library
 * ends the whole process when its thread is stopped within a run.
 */
import { loadLibrary } from './library.ts';
import type { FromModel, ModelTask, ToModel } from './model-messages.ts';
import { loadModel, type RunModel } from './run-model.ts';

// A signal to the group is the server's to answer: it ends this process by hanging up.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('disconnect', () => process.exit(0));

let run: RunModel | undefined;

process.on('message', async (message: ToModel) => {
  if (message.type === 'load') return send(await load(message.task));
  const { id, text, pair } = message;
  try {
    if (run === undefined) throw new Error('The model is not loaded.');
    const values = await run({ text, ...(pair !== undefined && { pair }) });
    send({ type: 'answer', id, values });
  } catch (error) {
    send({ type: 'fault', id, message: messageOf(error) });
  }
});

async function load(task: ModelTask): Promise<FromModel> {
  try {
    const library = await loadLibrary();
    if (library === undefined) {
      return { type: 'failed', reason: 'package-missing', message: 'The package is missing.' };
    }
    run = await loadModel(library, task);
    // The first run is slower than the rest, and tells the size.
    const sample = { text: 'What did Ann say?', ...(task.use === 'rank' && { pair: 'Nothing.' }) };
    const { length } = await run(sample);
    return { type: 'ready', size: length };
  } catch (error) {
    return { type: 'failed', reason: 'model-unusable', message: messageOf(error) };
  }
}

function send(message: FromModel): void {
  if (process.connected) process.send?.(message);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
