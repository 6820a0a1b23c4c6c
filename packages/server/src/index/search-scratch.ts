/** Arrays that searches share, so that a query allocates nothing that grows with N. */
import { partCapacityMax } from './posting-list.ts';

export class SearchScratch {
  /** Per local document of the part at hand; zero between parts. */
  readonly scores = new Float64Array(partCapacityMax);
  readonly counts = new Float64Array(partCapacityMax);
  /** Local documents that have a score, and those that have a count. */
  readonly scored = new Uint16Array(partCapacityMax);
  readonly counted = new Uint16Array(partCapacityMax);
  /** Cosine per document; only what the last scan wrote is meaningful. */
  cosines = new Float32Array(0);
  /** Place in the candidate set plus one, per document; zero between queries. */
  places = new Int32Array(0);

  /** The candidate set: its documents, and per candidate the places of its neighbours. */
  setDocs = new Uint32Array(0);
  setNeighbours = new Int32Array(0);

  /** For the candidate at hand: where its neighbours' counts begin, and what they weigh. */
  windowStarts = new Uint32Array(0);
  windowShares = new Float64Array(0);

  /** Room for a set that grows from `direct` candidates with `reach` neighbours each. */
  fitSet(direct: number, reach: number): void {
    // The direct ones bring two candidates each, and all of them up to `reach` documents.
    const candidates = direct * 3;
    const docs = candidates * (reach + 1);
    if (this.setDocs.length < docs) this.setDocs = new Uint32Array(docs);
    if (this.windowStarts.length < reach) {
      this.windowStarts = new Uint32Array(reach);
      this.windowShares = new Float64Array(reach);
    }
    const neighbours = candidates * reach;
    if (this.setNeighbours.length < neighbours) this.setNeighbours = new Int32Array(neighbours);
  }

  fit(docs: number): void {
    if (this.cosines.length >= docs) return;
    const size = Math.ceil(docs * 1.25);
    this.cosines = new Float32Array(size);
    this.places = new Int32Array(size);
  }

  /** After a search that failed half-way: what it left must not reach the next one. */
  reset(): void {
    this.scores.fill(0);
    this.counts.fill(0);
    this.places.fill(0);
  }

  get bytes(): number {
    const set = this.setDocs.byteLength + this.setNeighbours.byteLength;
    return this.cosines.byteLength + this.places.byteLength + set;
  }
}
