/** What exports and imports take and tell. */

export interface ExportInput {
  namespace?: string | undefined;
  /** Former versions too. */
  history?: boolean | undefined;
  /** The `cursor` of the last whole line of an export that was cut: only what follows comes. */
  after?: string | undefined;
}

export interface ImportInput {
  namespace?: string | undefined;
  /** Tells files apart whose lines have no ids; made of the first line when absent. */
  importId?: string | undefined;
  /** The source is compressed. */
  gzip?: boolean | undefined;
  /** Called after each batch. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

export interface ImportProgress {
  /** Lines read. */
  lines: number;
  imported: number;
  /** Of them, took the place of a fact that was there. */
  replaced: number;
  /** Were there already. */
  present: number;
  /** Refused lines and memories. */
  failed: number;
}

export interface ImportResult extends ImportProgress {
  /** Every line was taken, and the file is whole. */
  ok: boolean;
  namespace: string;
  importId: string;
  /** False for an export that was cut or changed on the way. */
  complete: boolean;
  /** The first hundred refused lines, and what is wrong with the file. */
  errors: { line: number; code: string; message: string }[];
}
