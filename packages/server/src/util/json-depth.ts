/** How deep a JSON text nests, told without parsing it. */

const quote = 0x22;
const backslash = 0x5c;

/** True when objects and arrays nest deeper than `depthMax`. Never builds anything. */
export function nestsDeeper(json: Uint8Array, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (inString) {
      if (byte === backslash) i++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > depthMax) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
