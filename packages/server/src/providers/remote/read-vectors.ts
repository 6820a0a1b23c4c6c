/** Takes an answer's numbers only when they are as many, as long and as finite as they must be. */
import { MalformedAnswer, RemoteFailure } from './remote-failure.ts';

export interface Expected {
  readonly count: number;
  /** Undefined where the model is asked for it: then all vectors must agree. */
  readonly dimension: number | undefined;
}

/** Unit-length vectors; one of all zeros stays as it is. */
export function readVectors(
  answer: readonly (readonly number[])[],
  { count, dimension }: Expected,
): Float32Array[] {
  if (answer.length !== count) {
    throw new MalformedAnswer(`${answer.length} vectors for ${count} texts`);
  }
  const length = dimension ?? answer[0]?.length ?? 0;
  return answer.map((numbers) => {
    if (numbers.length !== length || length === 0) {
      throw new RemoteFailure(
        `vectors of ${numbers.length} numbers where ${length} are expected ` +
          '(check REVERIE_EMBEDDER_MODEL and REVERIE_EMBEDDER_DIMENSION)',
      );
    }
    return toUnitLength(numbers);
  });
}

function toUnitLength(numbers: readonly number[]): Float32Array {
  let square = 0;
  for (const number of numbers) square += number * number;
  if (!Number.isFinite(square)) throw new MalformedAnswer('a vector that is not finite');
  const factor = square === 0 ? 0 : 1 / Math.sqrt(square);
  const vector = new Float32Array(numbers.length);
  for (let at = 0; at < vector.length; at++) vector[at] = (numbers[at] ?? 0) * factor;
  return vector;
}
