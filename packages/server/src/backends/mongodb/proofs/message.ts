/** Messages between the driver and MongoDB, as far as a test has to know them. */

/** A header: length, id, whose answer it is, and what kind of message. */
const headerBytes = 16;
/** OP_MSG. */
const kindOfCommands = 2013;
/** OP_QUERY, in which the driver says hello, and OP_REPLY, in which it is answered. */
const kindOfQueries = 2004;
const kindOfReplies = 1;

export interface Message {
  readonly id: number;
  /** The id of the message that it answers; 0 for one that asks. */
  readonly answers: number;
  readonly kind: number;
  readonly bytes: Buffer;
}

/** Cuts what comes in over a socket into messages. */
export class Messages {
  #rest: Buffer = Buffer.alloc(0);

  add(part: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, part]);
    const found: Message[] = [];
    for (;;) {
      const length = this.#rest.byteLength < 4 ? Number.NaN : this.#rest.readInt32LE(0);
      if (!(length <= this.#rest.byteLength)) return found;
      const bytes = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      const [id, answers, kind] = [4, 8, 12].map((at) => bytes.readInt32LE(at));
      found.push({ id: id ?? 0, answers: answers ?? 0, kind: kind ?? 0, bytes });
    }
  }
}

/** The document of a message that asks. */
export function bodyOf({ bytes, kind }: Message): Buffer {
  // Behind flags, and the word that a document follows; or flags, name, and two numbers.
  const at = kind === kindOfCommands ? headerBytes + 5 : bytes.indexOf(0, headerBytes + 4) + 1 + 8;
  return bytes.subarray(at, at + bytes.readInt32LE(at));
}

/** The first field of a command is its name: behind length and type of the document. */
export function commandOf(message: Message): string {
  if (message.kind !== kindOfCommands && message.kind !== kindOfQueries) return '';
  const body = bodyOf(message);
  return body.toString('utf8', 5, body.indexOf(0, 5));
}

export function answerTo({ id, kind }: Message, body: Uint8Array): Buffer {
  const isReply = kind === kindOfQueries;
  // A reply has flags, a cursor, and from where on how many documents follow.
  const header = Buffer.alloc(headerBytes + (isReply ? 20 : 5));
  if (isReply) header.writeInt32LE(1, headerBytes + 16);
  header.writeInt32LE(header.byteLength + body.byteLength, 0);
  header.writeInt32LE(id, 8);
  header.writeInt32LE(isReply ? kindOfReplies : kindOfCommands, 12);
  return Buffer.concat([header, body]);
}
