/** A Kafka of its own for a test: one node that is broker and controller, ended after. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KafkaAddresses } from '../../../packages/server/src/backends/kafka/test-kafka.ts';
import { root } from '../../source-files.ts';
import { freePort } from '../free-port.ts';

const pom = join(root, 'tests/backends/kafka/pom.xml');
export const kafkaVersion = /kafka_2\.13<\/artifactId>\s*<version>([\d.]+)/.exec(
  readFileSync(pom, 'utf8'),
)?.[1];

/** Who may come in by SASL, and what for: admin does everything, writer writes, nobody nothing. */
export const users = {
  admin: { username: 'admin', password: 'admin-of-the-test' },
  writer: { username: 'writer', password: 'writer-of-the-test' },
  nobody: { username: 'nobody', password: 'nobody-of-the-test' },
} as const;

/** Of the jars of Kafka 4. */
const javaMin = 17;

/** Where the jars are, fetched at the first time, or why they are not to be had. */
export function findKafka(): { jars: string } | { reason: string } {
  const missing = ['java', 'mvn'].filter((name) => !isInPath(name));
  if (missing.length > 0) return { reason: `${missing.join(' and ')} not found in PATH` };
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(stderr)?.[1]);
  if (!(version >= javaMin)) return { reason: `Java ${javaMin} or newer is needed` };
  const jars = join(root, 'node_modules/.cache', `kafka-${kafkaVersion}`);
  if (existsSync(jars)) return { jars };
  const partial = `${jars}-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const asked = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    execFileSync('mvn', ['-q', '-B', '-f', pom, ...asked, `-DoutputDirectory=${partial}`]);
    renameSync(partial, jars);
    return { jars };
  } catch {
    rmSync(partial, { recursive: true, force: true });
    return { reason: 'Maven could not fetch the jars of Apache Kafka' };
  }
}

const isInPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((at) => existsSync(join(at, name)));

/** Made and started; `stop` it. */
export async function startKafka(jars: string): Promise<KafkaServer> {
  const folder = mkdtempSync(join(tmpdir(), 'reverie-kafka-'));
  const ports = { plain: 0, sasl: 0, tls: 0, control: 0 };
  for (const name of ['plain', 'sasl', 'tls', 'control'] as const) ports[name] = await freePort();
  writeTlsKey(folder);
  writeFileSync(join(folder, 'server.properties'), propertiesOf(folder, ports));
  const server = new KafkaServer(jars, folder, ports);
  server.format();
  await server.start();
  return server;
}

type Ports = Readonly<Record<'plain' | 'sasl' | 'tls' | 'control', number>>;

export class KafkaServer {
  readonly #jars: string;
  readonly #folder: string;
  readonly #ports: Ports;
  #child: ChildProcess | undefined;

  constructor(jars: string, folder: string, ports: Ports) {
    this.#jars = jars;
    this.#folder = folder;
    this.#ports = ports;
  }

  get addresses(): KafkaAddresses {
    return {
      broker: `127.0.0.1:${this.#ports.plain}`,
      saslBroker: `127.0.0.1:${this.#ports.sasl}`,
      tlsBroker: `localhost:${this.#ports.tls}`,
      certificate: join(this.#folder, 'cert.pem'),
    };
  }

  /** All that it keeps. */
  get data(): string {
    return join(this.#folder, 'log');
  }

  format(): void {
    const scram = Object.values(users).flatMap(({ username, password }) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${username},password=${password}]`,
      ]),
    );
    const asked = ['format', '-t', 'MkU3OEVBNTcwNTJENDM2Qk', '-c', this.#properties, ...scram];
    execFileSync('java', [...this.#java, 'kafka.tools.StorageTool', ...asked], { stdio: 'ignore' });
  }

  /** Always on the same ports, with what the disk has. */
  async start(): Promise<void> {
    const child = spawn('java', [...this.#java, 'kafka.Kafka', this.#properties], {
      stdio: 'ignore',
    });
    this.#child = child;
    // A test that fails leaves no broker behind.
    const killed = () => child.kill('SIGKILL');
    process.once('exit', killed);
    child.once('exit', () => process.off('exit', killed));
    for (let tries = 0; !(await isListening(this.#ports.plain)); tries++) {
      if (tries === 600 || child.exitCode !== null) throw new Error('Kafka did not start.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** As a power cut would end it. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** It stands still: connections stay open, and nothing answers. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #properties(): string {
    return join(this.#folder, 'server.properties');
  }

  get #java(): string[] {
    const memory = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
    return [...memory, '-Djava.net.preferIPv4Stack=true', quiet, '-cp', join(this.#jars, '*')];
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

function propertiesOf(folder: string, { plain, sasl, tls, control }: Ports): string {
  const listeners = [
    ['PLAIN', `127.0.0.1:${plain}`, 'PLAINTEXT'],
    ['SASL', `127.0.0.1:${sasl}`, 'SASL_PLAINTEXT'],
    ['TLS', `localhost:${tls}`, 'SSL'],
    ['CONTROL', `127.0.0.1:${control}`, 'PLAINTEXT'],
  ];
  const open = listeners.map(([name, at]) => `${name}://${at}`);
  const loginModule = 'org.apache.kafka.common.security';
  const passwords = Object.values(users).map((user) => `user_${user.username}="${user.password}"`);
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${control}`,
    `listeners=${open.join(',')}`,
    `advertised.listeners=${open.slice(0, 3).join(',')}`,
    'controller.listener.names=CONTROL',
    'inter.broker.listener.name=PLAIN',
    `listener.security.protocol.map=${listeners.map(([name, , by]) => `${name}:${by}`).join(',')}`,
    `log.dirs=${join(folder, 'log')}`,
    ...['offsets.topic', 'transaction.state.log', 'share.coordinator.state.topic'].flatMap((of) => [
      `${of}.replication.factor=1`,
      `${of}.num.partitions=1`,
    ]),
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    'num.network.threads=1',
    'num.io.threads=2',
    'log.cleaner.dedupe.buffer.size=4194304',
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users=User:ANONYMOUS;User:admin',
    'listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl.plain.sasl.jaas.config=' +
      `${loginModule}.plain.PlainLoginModule required ${passwords.join(' ')};`,
    ...['256', '512'].map(
      (bits) =>
        `listener.name.sasl.scram-sha-${bits}.sasl.jaas.config=` +
        `${loginModule}.scram.ScramLoginModule required;`,
    ),
    'listener.name.tls.ssl.keystore.type=PEM',
    `listener.name.tls.ssl.keystore.location=${join(folder, 'key-and-cert.pem')}`,
    '',
  ].join('\n');
}

/** The certificate that the tests of https use. */
function writeTlsKey(folder: string): void {
  const fixture = (name: string) => join(root, 'packages/server/src/http/fixtures', name);
  copyFileSync(fixture('first-cert.pem'), join(folder, 'cert.pem'));
  const parts = ['first-key.pem', 'first-cert.pem'].map((name) =>
    readFileSync(fixture(name), 'utf8'),
  );
  writeFileSync(join(folder, 'key-and-cert.pem'), parts.join('\n'));
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
