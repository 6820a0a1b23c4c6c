/**
 * Runs a sample of the guides as it stands against a running server: only the base URL and the key
 * are changed, in the text, and a tail may be added that calls what the sample only defines.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('../', import.meta.url));

/** The base URL and the key that both guides print. */
const printedUrl = 'https://api.api.remlabs.ai';
const printedKey = 'sk-slop-...';

export interface SampleRun {
  /** File name under samples/. */
  readonly sample: string;
  readonly server: { readonly url: string; readonly key: string };
  /** Base URL of the model stand-in. */
  readonly models: string;
  readonly tail?: string;
  /** The Python that has the clients; needed for .py samples. */
  readonly python?: string;
}

/** Runs to the end and returns what was printed. Throws when it exits with anything but 0. */
export async function runSample(run: SampleRun): Promise<string> {
  // Below this folder, so that the clients are found where npm put them.
  const scratch = join(home, 'dist', 'runs');
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'run-'));
  try {
    const file = join(folder, `sample${extname(run.sample)}`);
    writeFileSync(file, `${point(run)}\n${run.tail ?? ''}`);
    const hook = join(home, 'dist', 'redirect-models.js');
    const [command, args] = run.sample.endsWith('.py')
      ? [run.python ?? 'python3', [file]]
      : [process.execPath, ['--import', hook, file]];
    return await output(command, args, environment(run));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sample's text with the two substitutions, each of which must apply. */
function point(run: SampleRun): string {
  const text = readFileSync(join(home, 'samples', run.sample), 'utf8');
  for (const printed of [printedUrl, printedKey]) {
    if (!text.includes(printed)) throw new Error(`${run.sample} does not hold ${printed}`);
  }
  return text.replaceAll(printedUrl, run.server.url).replaceAll(printedKey, run.server.key);
}

function environment(run: SampleRun): NodeJS.ProcessEnv {
  return {
    ...process.env,
    MODEL_STAND_IN: run.models,
    REPLICATE_API_TOKEN: 'r8_stand_in',
    REPLICATE_BASE_URL: run.models,
    REPLICATE_POLL_INTERVAL: '0.05',
    PYTHONPATH: join(home, 'python-hook'),
    PYTHONDONTWRITEBYTECODE: '1',
    // The clients would send even loopback calls through a proxy named in the environment.
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
}

function output(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    let printed = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(printed);
      else reject(new Error(`the sample ended with ${code ?? signal}:\n${printed}\n${errors}`));
    });
  });
}
