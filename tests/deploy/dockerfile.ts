/** A Dockerfile as stages of steps, and what of the repository its build may see. */
import {
  DockerfileParser,
  From,
  type Instruction,
  ModifiableInstruction,
  PropertyInstruction,
} from 'dockerfile-ast';

export interface Step {
  readonly keyword: string;
  /** From 1. */
  readonly line: number;
  /** `--from=build` is `from: 'build'`. */
  readonly flags: Readonly<Record<string, string>>;
  /** The arguments, those of a JSON list without their quotes. */
  readonly words: readonly string[];
  /** All arguments as one text, continued lines joined. */
  readonly text: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  readonly steps: readonly Step[];
}

export interface Dockerfile {
  /** Those before the first stage, with their defaults. */
  readonly args: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

export function readDockerfile(text: string): Dockerfile {
  const args: Record<string, string> = {};
  const stages: { image: string; name: string | undefined; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = toStep(instruction);
    if (instruction instanceof From) {
      const image = expand(instruction.getImage() ?? '', args);
      stages.push({ image, name: instruction.getBuildStage() ?? undefined, steps: [] });
    } else if (stages.length === 0) Object.assign(args, toPairs(step));
    else stages.at(-1)?.steps.push(step);
  }
  return { args, stages };
}

function toStep(instruction: Instruction): Step {
  const text = instruction.getArgumentsContent() ?? '';
  const flags: Record<string, string> = {};
  if (instruction instanceof ModifiableInstruction) {
    for (const flag of instruction.getFlags()) flags[flag.getName()] = flag.getValue() ?? '';
  }
  const words = wordsOf(instruction, text);
  const line = instruction.getRange().start.line + 1;
  return { keyword: instruction.getKeyword(), line, flags, words, text };
}

function wordsOf(instruction: Instruction, text: string): string[] {
  if (instruction instanceof PropertyInstruction) {
    return instruction.getProperties().map((one) => `${one.getName()}=${one.getValue() ?? ''}`);
  }
  const list = /^[^[]*(\[.*\])\s*$/s.exec(text)?.[1];
  if (list !== undefined) return JSON.parse(list);
  return instruction.getArguments().map((argument) => argument.getValue());
}

/** `A=1 B="two words"` of ARG, ENV and LABEL. */
export function toPairs(step: Step): Record<string, string> {
  return Object.fromEntries(
    step.words.map((word) => {
      const at = word.indexOf('=');
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** `$NAME` and `${NAME}`. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)\}|\$(\w+)/g, (_, braced, bare) => values[braced ?? bare] ?? '');
}

/** Says of a path whether a build may see it: the last line of .dockerignore that fits decides. */
export function contextFilter(dockerignore: string): (path: string) => boolean {
  const rules = dockerignore
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ seen: line.startsWith('!'), pattern: toPattern(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.seen ?? true;
}

/** A rule for a folder is one for all that is in it. */
function toPattern(rule: string): RegExp {
  const source = rule
    .replace(/[.+^$()|[\]{}]/g, '\\$&')
    .replace(/\*\*\/|\*|\?/g, (wild) =>
      wild === '**/' ? '(?:.*/)?' : wild === '*' ? '[^/]*' : '[^/]',
    );
  return new RegExp(`^${source}(?:/.*)?$`);
}
