/** The server's side of a model's process: its deadlines, its end and its successor. */
import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { MemoryError } from '../../domain/errors.ts';
import { type CallOptions, CallQueue, type Job } from './call-queue.ts';
import { libraryName } from './library.ts';
import type { FromModel, ModelInput, ModelTask, ToModel } from './model-messages.ts';

export interface ModelHostOptions {
  /** The entry of the process. */
  readonly url: URL;
  readonly task: ModelTask;
  /** The setting that names the model, for messages. */
  readonly setting: string;
  /** A process that works longer than this on one text is ended. */
  readonly runTimeoutMs?: number;
  /** Loading may include a download. */
  readonly loadTimeoutMs?: number;
  /** How long nothing is asked of a model whose process ended twice in a row. */
  readonly pauseMs?: number;
}

/** One runs, and the next is at hand when it is done. */
const underWayMax = 2;
/** An input is tried again once when the process ends over it, or over another one. */
const attemptsMax = 2;

/**
 * Starts the process and loads the model.
 *
 * @throws MemoryError `setting_invalid` when the package or the model is not there or not usable.
 */
export async function openModelHost(options: ModelHostOptions): Promise<ModelHost> {
  const host = new ModelHost(options);
  try {
    await host.load();
    return host;
  } catch (error) {
    await host.close();
    throw error;
  }
}

export class ModelHost {
  readonly #options: Required<ModelHostOptions>;
  readonly #queue = new CallQueue(() => this.#hold(false));
  readonly #underWay = new Map<number, Job>();
  #process: ChildProcess | undefined;
  #isReady = false;
  #isClosed = false;
  #size = 0;
  #lastId = 0;
  /** Processes that ended without an answer in between. */
  #endsInARow = 0;
  #pausedUntil = 0;
  #deadline: NodeJS.Timeout | undefined;
  /** Why the process ends, as far as it or we said. */
  #lastWords = '';

  constructor(options: ModelHostOptions) {
    const times = { runTimeoutMs: 60_000, loadTimeoutMs: 600_000, pauseMs: 30_000 };
    this.#options = { ...times, ...options };
  }

  /** The length of every answer. */
  get size(): number {
    return this.#size;
  }

  load(): Promise<void> {
    return new Promise((resolve, reject) => this.#start(resolve, reject));
  }

  /**
   * One answer per input, in order. Rejects with the signal's reason when that is aborted, and with
   * `embedder_unavailable` (the process ended twice, or cannot do it), `overloaded` or
   * `shutting_down`.
   */
  run(inputs: readonly ModelInput[], options: CallOptions): Promise<Float32Array[]> {
    if (this.#isClosed) return Promise.reject(new MemoryError('shutting_down'));
    if (this.#pausedUntil > performance.now()) return Promise.reject(this.#unavailable());
    const answers = this.#queue.add(inputs, options);
    this.#pump();
    return answers;
  }

  /** Ends the process; what waits is rejected with `shutting_down`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.rejectAll(new MemoryError('shutting_down'));
    clearTimeout(this.#deadline);
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      child.ref();
      child.once('exit', () => resolve());
      // It may be within a run, which nothing gentler ends; it owns no data.
      child.kill('SIGKILL');
    });
  }

  #start(onReady: () => void, onFailed: (error: MemoryError) => void): void {
    const child = fork(this.#options.url, [], {
      execArgv: [],
      env: withoutSettings(process.env),
      // Vectors travel as bytes.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process = child;
    this.#isReady = false;
    this.#lastWords = '';
    if (child.stderr instanceof Socket) child.stderr.unref();
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('utf8')).slice(-500);
    });
    child.on('message', (message: FromModel) => {
      if (this.#process !== child) return;
      if (message.type === 'failed') onFailed(this.#loadError(message));
      else if (message.type === 'ready') this.#ready(message.size, onReady);
      else this.#receive(message);
    });
    child.on('error', (error) => {
      this.#lastWords = error.message;
    });
    child.on('exit', (code, signal) => {
      if (this.#process !== child) return;
      const reason = this.#lastWords.trim() || `its process ended with ${code ?? signal}`;
      onFailed(this.#unusable(reason));
      this.#replace(reason);
    });
    this.#endAfter(this.#options.loadTimeoutMs);
    this.#send({ type: 'load', task: this.#options.task });
  }

  #ready(size: number, onReady: () => void): void {
    clearTimeout(this.#deadline);
    if (this.#size !== 0 && this.#size !== size) {
      this.#end(`its vectors have ${size} numbers now, not ${this.#size}`);
      return;
    }
    this.#size = size;
    this.#isReady = true;
    onReady();
    if (this.#queue.isEmpty) this.#hold(false);
    this.#pump();
  }

  /** Gives the process its next inputs. */
  #pump(): void {
    if (this.#queue.isEmpty || this.#isClosed) return;
    if (this.#process === undefined) this.#restart();
    this.#hold(true);
    while (this.#isReady && this.#underWay.size < underWayMax) {
      const job = this.#queue.next();
      if (job === undefined) return;
      if (this.#underWay.size === 0) this.#endAfter(this.#options.runTimeoutMs);
      job.attempts += 1;
      this.#lastId += 1;
      this.#underWay.set(this.#lastId, job);
      this.#send({ type: 'run', id: this.#lastId, ...job.input });
    }
  }

  #restart(): void {
    // A model that loaded before and does not now.
    const failed = (error: MemoryError): void => this.#end(error.message);
    this.#start(() => undefined, failed);
  }

  #receive(message: FromModel & { type: 'answer' | 'fault' }): void {
    const job = this.#underWay.get(message.id);
    this.#underWay.delete(message.id);
    this.#endsInARow = 0;
    clearTimeout(this.#deadline);
    if (this.#underWay.size > 0) this.#endAfter(this.#options.runTimeoutMs);
    if (message.type === 'fault') job?.reject(this.#unavailable(message.message));
    else if (message.values.length === this.#size && message.values.every(Number.isFinite)) {
      job?.resolve(message.values);
    } else job?.reject(this.#unavailable('its numbers cannot be used'));
    this.#pump();
  }

  /** The process is gone. Its inputs are tried once more; after two ends in a row nothing is. */
  #replace(reason: string): void {
    clearTimeout(this.#deadline);
    this.#process = undefined;
    this.#isReady = false;
    this.#endsInARow += 1;
    const jobs = [...this.#underWay.values()];
    this.#underWay.clear();
    if (this.#endsInARow >= attemptsMax) {
      this.#pausedUntil = performance.now() + this.#options.pauseMs;
      this.#queue.rejectAll(this.#unavailable(reason));
      return;
    }
    for (const job of jobs) {
      if (job.attempts < attemptsMax) this.#queue.giveBack(job);
      else job.reject(this.#unavailable(reason));
    }
    this.#pump();
  }

  #endAfter(timeoutMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#end(`no answer within ${timeoutMs} ms`), timeoutMs);
    this.#deadline.unref();
  }

  #end(reason: string): void {
    this.#lastWords = reason;
    this.#process?.kill('SIGKILL');
  }

  #send(message: ToModel): void {
    // A process that cannot be reached has ended, which its exit tells.
    this.#process?.send(message, () => undefined);
  }

  /** A process without inputs must not keep this one alive. */
  #hold(isHeld: boolean): void {
    const child = this.#process;
    const change = isHeld ? 'ref' : 'unref';
    child?.[change]();
    child?.channel?.[change]();
  }

  #loadError({ reason, message }: FromModel & { type: 'failed' }): MemoryError {
    if (reason === 'model-unusable') return this.#unusable(message);
    const setting = this.#options.setting.replace(/_MODEL$/, '');
    const help =
      `${setting}: this needs a package. Run "npm install ${libraryName}" where Reverie is ` +
      'installed, on a closed network with ONNXRUNTIME_NODE_INSTALL=skip in the environment.';
    return new MemoryError('setting_invalid', help, { details: { setting } });
  }

  #unusable(reason: string): MemoryError {
    const { setting, task } = this.#options;
    const isLocal = task.parent !== undefined;
    const help = isLocal ? '' : ' Without a network, name a folder that holds the model.';
    const message = `${setting}: the model ${task.model} cannot be used: ${reason}.${help}`;
    return new MemoryError('setting_invalid', message, { details: { setting } });
  }

  #unavailable(reason = 'its process ended twice'): MemoryError {
    const { model } = this.#options.task;
    return new MemoryError('embedder_unavailable', `The model ${model} gave no answer: ${reason}.`);
  }
}

/** The process gets no secret of the server; what the library reads (HF_TOKEN, proxies) stays. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(?:REVERIE_|VITEST|NODE_OPTIONS$|NODE_V8_COVERAGE$)/.test(name),
  );
  return Object.fromEntries(kept);
}
