/** Builds the stages of a Dockerfile without an engine: the same commands, in folders. */
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import {
  contextFilter,
  type Dockerfile,
  expand,
  type Stage,
  type Step,
  toPairs,
} from './dockerfile.ts';

/** What a container of the last stage is started with. */
export interface Image {
  /** Its root folder, with what the stage copied and nothing of its base. */
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly user: string;
  readonly volumes: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly health: readonly string[];
  readonly stopSignal: string;
}

export interface Building {
  readonly dockerfile: Dockerfile;
  /** The folder that COPY reads from, and its .dockerignore. */
  readonly context: string;
  readonly dockerignore: string;
  /** An empty folder; each stage becomes a folder in it. */
  readonly work: string;
  readonly args?: Readonly<Record<string, string>>;
}

/** Throws with the end of the output where a command fails. */
export function buildImage(building: Building): Image {
  const { stages } = building.dockerfile;
  const built = new Map<string, StageBuild>();
  for (const [i, stage] of stages.entries()) {
    const build = new StageBuild(building, join(building.work, `stage-${i}`), built);
    build.run(stage);
    built.set(stage.name ?? String(i), build);
  }
  const last = [...built.values()].at(-1);
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  return last.image();
}

class StageBuild {
  readonly root: string;
  readonly #building: Building;
  readonly #others: ReadonlyMap<string, StageBuild>;
  readonly #args: Record<string, string> = {};
  readonly #env: Record<string, string> = {};
  readonly #volumes: string[] = [];
  #workdir = '/';
  #user = '';
  #entrypoint: readonly string[] = [];
  #cmd: readonly string[] = [];
  #health: readonly string[] = [];
  #stopSignal = 'SIGTERM';

  constructor(building: Building, root: string, others: ReadonlyMap<string, StageBuild>) {
    this.#building = building;
    this.root = root;
    this.#others = others;
    mkdirSync(root, { recursive: true });
  }

  run(stage: Stage): void {
    for (const step of stage.steps) this.#step(step);
  }

  image(): Image {
    return {
      ...{ root: this.root, env: this.#env, workdir: this.#workdir, user: this.#user },
      ...{ volumes: this.#volumes, entrypoint: this.#entrypoint, cmd: this.#cmd },
      ...{ health: this.#health, stopSignal: this.#stopSignal },
    };
  }

  #step(step: Step): void {
    const { keyword, words, text } = step;
    const [first = ''] = words;
    if (keyword === 'WORKDIR') {
      this.#workdir = first;
      mkdirSync(this.#at(first), { recursive: true });
    } else if (keyword === 'ARG') Object.assign(this.#args, toPairs(step), this.#building.args);
    else if (keyword === 'ENV') Object.assign(this.#env, toPairs(step));
    else if (keyword === 'USER') this.#user = first;
    else if (keyword === 'VOLUME') this.#volumes.push(...words);
    else if (keyword === 'ENTRYPOINT') this.#entrypoint = words;
    else if (keyword === 'CMD') this.#cmd = words;
    else if (keyword === 'STOPSIGNAL') this.#stopSignal = first;
    else if (keyword === 'HEALTHCHECK') this.#health = words;
    else if (keyword === 'COPY') this.#copy(step);
    else if (keyword === 'RUN') this.#shell(text);
    else if (!['LABEL', 'EXPOSE'].includes(keyword)) {
      throw new Error(`Line ${step.line}: ${keyword} is not known to this check.`);
    }
  }

  #at(path: string): string {
    return path.startsWith('/') ? join(this.root, path) : join(this.root, this.#workdir, path);
  }

  #copy({ words, flags, line }: Step): void {
    const sources = words.slice(0, -1);
    const target = words.at(-1) ?? '';
    const { from, chown } = flags;
    const folder = from === undefined ? this.#building.context : this.#others.get(from)?.root;
    if (folder === undefined) throw new Error(`Line ${line}: there is no stage ${from}.`);
    const isSeen = contextFilter(from === undefined ? this.#building.dockerignore : '');
    for (const source of sources) {
      const path = join(folder, source);
      if (!existsSync(path)) throw new Error(`Line ${line}: there is no ${source}.`);
      const isFolder = statSync(path).isDirectory();
      const into = isFolder || !target.endsWith('/') ? target : join(target, basename(source));
      const filter = (file: string) => {
        const inside = file.slice(folder.length).replace(/^\/+/, '');
        // A folder may hold what is seen where it is not.
        return statSync(file, { throwIfNoEntry: false })?.isDirectory()
          ? !/(^|\/)(node_modules|dist)$/.test(inside) || from !== undefined
          : isSeen(inside);
      };
      if (!isFolder && !filter(path)) throw new Error(`Line ${line}: ${source} is ignored.`);
      cpSync(path, this.#at(into), { recursive: true, filter, verbatimSymlinks: true });
      if (chown !== undefined) chownAll(this.#at(into), chown);
    }
  }

  #shell(command: string): void {
    // A path from the root would be one of this machine.
    if (/(^|[\s"'=])\//.test(command)) throw new Error(`RUN with an absolute path: ${command}`);
    const result = spawnSync('sh', ['-c', command], {
      cwd: this.#at('.'),
      env: { ...hostEnvironment(), ...this.#env, ...this.#args },
      encoding: 'utf8',
    });
    if (result.status === 0) return;
    const output = `${result.stdout}${result.stderr}${result.error ?? ''}`.slice(-2_000);
    throw new Error(`RUN ${expand(command, this.#args)}\n${output}`);
  }
}

function chownAll(path: string, owner: string): void {
  // Others than root cannot give files away; then they are the user's own, which does as well.
  if (process.getuid?.() !== 0) return;
  const [uid = 0, gid = 0] = owner.split(':').map(Number);
  chownSync(path, uid, gid);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(path, name), uid, gid);
  }
}

/** Without what npm and vitest set for the process of this test. */
function hostEnvironment(): Record<string, string | undefined> {
  const isKept = (name: string) =>
    !/^(npm_(?!config_(registry|cache|userconfig)$)|VITEST|REVERIE_|NODE_ENV$|INIT_CWD$)/.test(
      name,
    );
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept(name)));
}
