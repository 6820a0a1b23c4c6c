import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemoryError } from '../domain/errors.ts';
import { type Environment, type Flags, loadSettings } from './settings.ts';
import { allSettings, clientSettings, serverSettings } from './settings-table.ts';

const load = (env: Environment = {}, flags: Flags = {}) => loadSettings(env, flags, '/srv/app');

function refusal(env: Environment, flags: Flags = {}): MemoryError {
  try {
    load(env, flags);
  } catch (error) {
    if (MemoryError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}

describe('loadSettings', () => {
  it('has a default for all but the root key', () => {
    expect(load()).toEqual({
      port: 7360,
      host: '127.0.0.1',
      allowedHosts: [],
      corsOrigins: [],
      trustedProxies: [],
      maxRequests: 1000,
      shutdownMs: 10_000,
      dataDir: '/srv/app/reverie-data',
      erasures: '/srv/app/reverie-data/erasures.jsonl',
      rootKey: undefined,
      records: 'sqlite',
      postgresPool: 10,
      postgresTimeoutMs: 30_000,
      redisPrefix: 'reverie:',
      redisTimeoutMs: 200,
      redisVectorHours: 24,
      dynamodbTable: 'reverie',
      dynamodbTimeoutMs: 30_000,
      mongodbDatabase: 'reverie',
      mongodbTimeoutMs: 30_000,
      embedder: 'builtin',
      embedderDtype: 'q8',
      embedderConcurrency: 4,
      embedderTimeoutMs: 30_000,
      reranker: 'none',
      rerankerModel: 'Xenova/ms-marco-MiniLM-L-6-v2',
      rerankerDtype: 'q8',
      rerankerBudgetMs: 500,
      vectors: 'builtin',
      vectorsFrom: 200_000,
      vectorsWaitMs: 500,
      vectorsTimeoutMs: 30_000,
      qdrantCollection: 'reverie',
      weaviateClass: 'Reverie',
      pineconeIndex: 'reverie',
      pineconeCloud: 'aws',
      pineconeRegion: 'us-east-1',
      pineconeUrl: 'https://api.pinecone.io',
      embedWaitMs: 200,
      embedWaitQueryMs: 1_000,
      llm: 'none',
      llmConcurrency: 2,
      llmTimeoutMs: 120_000,
      signup: 'closed',
      signupsPerHour: 5,
      auditDays: 365,
      plans: [],
      webhooks: 'send',
      outgoingPrivate: [],
      kafkaBrokers: [],
      kafkaTopic: 'reverie.events',
      kafkaPartitions: 12,
      kafkaClientId: 'reverie',
      kafkaSasl: 'none',
      kafkaTls: 'off',
      kafkaTimeoutMs: 10_000,
      rateLimit: 600_000,
      rateLimitAddress: 120,
      logLevel: 'info',
      hygiene: { cards: 'flag', instructions: 'flag', secrets: 'flag' },
      indexMemoryMb: 512,
      searchWorkers: 1,
      largeNamespace: 20_000,
      maxValueBytes: 32_768,
    });
  });

  it('lets a flag win over the environment, and leaves foreign variables alone', () => {
    const env = { REVERIE_PORT: '1', REVERIE_HOST: '::', REVERIE_URL: 'x', HOME: '/', OTHER: 'y' };
    expect(load(env, { port: '2' })).toMatchObject({ port: 2, host: '::' });
  });

  it('takes an empty variable for an absent one', () => {
    expect(load({ REVERIE_PORT: '', REVERIE_ROOT_KEY: '' }).port).toBe(7360);
  });

  it('names an unknown setting and the nearest known one', () => {
    const error = refusal({ REVERIE_PROT: '1' });
    expect(error.code).toBe('setting_invalid');
    expect(error.message).toBe('REVERIE_PROT is not a known setting. Did you mean REVERIE_PORT?');
    expect(error.details).toEqual({ setting: 'REVERIE_PROT', nearest: 'REVERIE_PORT' });
  });

  it.each([
    ['REVERIE_PORT', '0x10'],
    ['REVERIE_PORT', '65536'],
    ['REVERIE_PORT', '-1'],
    ['REVERIE_PORT', '7360 '],
    ['REVERIE_HOST', 'a b'],
    ['REVERIE_RECORDS', 'SQLite'],
    ['REVERIE_POSTGRES_POOL', '0'],
    ['REVERIE_DYNAMODB_TABLE', 'a/b'],
    ['REVERIE_EMBEDDER', 'OpenAI'],
    ['REVERIE_EMBEDDER_MODEL', 'two words'],
    ['REVERIE_EMBEDDER_DIMENSION', '8193'],
    ['REVERIE_EMBEDDER_CONCURRENCY', '0'],
    ['REVERIE_LLM', 'gpt'],
    ['REVERIE_LLM_CONCURRENCY', '65'],
    ['REVERIE_LLM_PRICE', '0.4'],
    ['REVERIE_LLM_PRICE', '0.4;1.6'],
    ['REVERIE_LLM_PRICE', '-1,2'],
    ['REVERIE_LOG_LEVEL', 'loud'],
    ['REVERIE_INDEX_MEMORY_MB', '1e3'],
    ['REVERIE_SEARCH_WORKERS', '65'],
    ['REVERIE_LARGE_NAMESPACE', '0'],
    ['REVERIE_MAX_VALUE_BYTES', '524289'],
    ['REVERIE_DATA_DIR', 'node_modules/x'],
    ['REVERIE_DATA_DIR', '/home/a/.npm/_npx/0a/data'],
  ])('refuses %s=%s by name', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('setting_invalid');
    expect(error.details).toEqual({ setting: name });
    expect(error.message).toContain(value.trim());
  });

  it('refuses a model that nobody would use', () => {
    const error = refusal({ REVERIE_EMBEDDER_MODEL: 'bge-m3' });
    expect(error.message).toBe(
      'REVERIE_EMBEDDER_MODEL: builtin does not use it; set REVERIE_EMBEDDER too.',
    );
    const env = { REVERIE_EMBEDDER: 'ollama', REVERIE_EMBEDDER_MODEL: 'bge-m3' };
    expect(load(env)).toMatchObject({ embedder: 'ollama', embedderModel: 'bge-m3' });
  });

  it('takes the address of PostgreSQL with it and not without it, and never shows it', () => {
    const url = 'postgres://role:hidden-word@host/name';
    const postgres = { REVERIE_RECORDS: 'postgres' };
    const asked = { ...postgres, REVERIE_POSTGRES_URL: url };
    expect(load(asked)).toMatchObject({ records: 'postgres', postgresUrl: url });
    expect(refusal(postgres).message).toBe('REVERIE_POSTGRES_URL: a value is needed.');
    const idle = refusal({ REVERIE_POSTGRES_URL: url });
    expect(idle.message).toBe(
      'REVERIE_POSTGRES_URL: sqlite does not use it; set REVERIE_RECORDS=postgres too.',
    );
    const wrong = refusal({ ...postgres, REVERIE_POSTGRES_URL: 'mysql://role:hidden-word@host/a' });
    for (const { message } of [idle, wrong]) expect(message).not.toContain('hidden-word');
  });

  it('wants for Kafka what belongs together, and nothing that would do nothing', () => {
    const kafka = { REVERIE_KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093' };
    const brokers = ['kafka-1:9092', '[::1]:9093'];
    expect(load(kafka)).toMatchObject({ kafkaBrokers: brokers, kafkaTls: 'off' });
    const said = (env: Record<string, string>) => refusal(env).message;
    expect(said({ REVERIE_KAFKA_BROKERS: 'kafka-1' })).toContain('addresses like kafka-1:9092');
    expect(said({ REVERIE_KAFKA_CA: 'ca.pem' })).toContain('set REVERIE_KAFKA_BROKERS too');
    expect(said({ ...kafka, REVERIE_KAFKA_USERNAME: 'ann' })).toContain('set REVERIE_KAFKA_SASL');
    expect(said({ ...kafka, REVERIE_KAFKA_CA: 'ca.pem' })).toContain('set REVERIE_KAFKA_TLS=on');
    expect(said({ ...kafka, REVERIE_KAFKA_SASL: 'plain', REVERIE_KAFKA_USERNAME: 'ann' })).toBe(
      'REVERIE_KAFKA_PASSWORD: REVERIE_KAFKA_SASL=plain needs it.',
    );
  });

  it('takes the address of DynamoDB with it and not without it', () => {
    const address = { REVERIE_DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000' };
    const asked = { ...address, REVERIE_RECORDS: 'dynamodb' };
    expect(load(asked)).toMatchObject({ dynamodbEndpoint: 'http://127.0.0.1:8000' });
    expect(refusal(address).message).toBe(
      'REVERIE_DYNAMODB_ENDPOINT: sqlite does not use it; set REVERIE_RECORDS=dynamodb too.',
    );
  });

  it('takes the address of MongoDB with it and not without it', () => {
    const address = { REVERIE_MONGODB_URL: 'mongodb+srv://name:word@cluster0.example.net' };
    const asked = { ...address, REVERIE_RECORDS: 'mongodb' };
    expect(load(asked)).toMatchObject({ mongodbUrl: address.REVERIE_MONGODB_URL });
    expect(refusal({ REVERIE_RECORDS: 'mongodb' }).message).toBe(
      'REVERIE_MONGODB_URL: a value is needed.',
    );
    expect(refusal(address).message).toBe(
      'REVERIE_MONGODB_URL: sqlite does not use it; set REVERIE_RECORDS=mongodb too.',
    );
  });

  it('refuses what no language model would use, and reads prices', () => {
    for (const [name, value] of [
      ['REVERIE_LLM_MODEL', 'some-model'],
      ['REVERIE_LLM_URL', 'http://127.0.0.1:1'],
      ['REVERIE_LLM_PRICE', '0.4,1.6'],
    ] as const) {
      expect(refusal({ [name]: value }).message).toBe(
        `${name}: none does not use it; set REVERIE_LLM too.`,
      );
    }
    const env = { REVERIE_LLM: 'ollama', REVERIE_LLM_MODEL: 'm', REVERIE_LLM_PRICE: '0.4, 16' };
    expect(load(env)).toMatchObject({ llm: 'ollama', llmPrice: { input: 0.4, output: 16 } });
  });

  it('takes the key that a service usually has, for each its own', () => {
    const env = { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a', REPLICATE_API_TOKEN: 'r' };
    const both = { ...env, REVERIE_EMBEDDER: 'openai', REVERIE_LLM: 'anthropic' };
    expect(load(both)).toMatchObject({ embedderApiKey: 'o', llmApiKey: 'a' });
    expect(load({ ...env, REVERIE_LLM: 'replicate' })).toMatchObject({ llmApiKey: 'r' });
    const own = { ...both, REVERIE_LLM_API_KEY: 'own' };
    expect(load(own)).toMatchObject({ embedderApiKey: 'o', llmApiKey: 'own' });
    expect(load(env).llmApiKey).toBeUndefined();
  });

  it('names a flag that cannot be used as it was written', () => {
    expect(refusal({}, { port: 'x' }).message).toMatch(/^--port: .* not "x"\.$/);
  });
});

describe('secrets', () => {
  const key = 'a-root-key-of-at-least-24-characters';

  it('come from the environment or from a file, not from both', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reverie-settings-'));
    const file = join(folder, 'key');
    writeFileSync(file, `${key}\n`);
    try {
      expect(load({ REVERIE_ROOT_KEY: key }).rootKey).toBe(key);
      expect(load({ REVERIE_ROOT_KEY_FILE: file }).rootKey).toBe(key);
      const both = refusal({ REVERIE_ROOT_KEY: key, REVERIE_ROOT_KEY_FILE: file });
      expect(both.details).toEqual({ setting: 'REVERIE_ROOT_KEY' });
      expect(refusal({ REVERIE_ROOT_KEY_FILE: `${file}-gone` }).details).toEqual({
        setting: 'REVERIE_ROOT_KEY_FILE',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('of a service are found where people keep them, but ours come first', () => {
    const env = { REVERIE_EMBEDDER: 'cohere', CO_API_KEY: 'theirs', OPENAI_API_KEY: 'other' };
    expect(load(env).embedderApiKey).toBe('theirs');
    expect(load({ ...env, REVERIE_EMBEDDER_API_KEY: 'ours' }).embedderApiKey).toBe('ours');
    const compatible = { ...env, REVERIE_EMBEDDER: 'openai-compatible' };
    expect(load(compatible).embedderApiKey).toBeUndefined();
    expect(load({ OPENAI_API_KEY: 'other' }).embedderApiKey).toBeUndefined();
  });

  it('have no flag, and never appear in a message', () => {
    expect(load({}, { rootKey: key }).rootKey).toBeUndefined();
    const { message } = refusal({ REVERIE_ROOT_KEY: 'short-secret' });
    expect(message).not.toContain('short-secret');
    expect(message).toContain('24');
  });
});

describe('the table', () => {
  it.each(Object.entries({ ...serverSettings, ...clientSettings }))(
    'names %s alike',
    (name, at) => {
      expect(at.name).toBe(name);
      expect(at.doc).toMatch(/\.$/);
    },
  );

  it('has defaults that its own schemas accept', () => {
    for (const { env, schema, default: text } of allSettings) {
      if (text !== undefined) expect(schema.safeParse(text).success, env).toBe(true);
    }
  });
});

describe('TLS', () => {
  it('needs both files, and takes them from the folder of the start', () => {
    expect(load({ REVERIE_TLS_CERT: 'a.pem', REVERIE_TLS_KEY: '/etc/b.pem' })).toMatchObject({
      tlsCert: '/srv/app/a.pem',
      tlsKey: '/etc/b.pem',
    });
    expect(() => load({ REVERIE_TLS_CERT: 'a.pem' })).toThrow('REVERIE_TLS_KEY');
    expect(() => load({ REVERIE_TLS_KEY: 'a.pem' })).toThrow('REVERIE_TLS_CERT');
  });
});

describe('lists', () => {
  it('have commas between their words', () => {
    const env = { REVERIE_TRUSTED_PROXIES: '10.0.0.0/8, ::1,', REVERIE_ALLOWED_HOSTS: 'a.example' };
    expect(load(env)).toMatchObject({
      trustedProxies: ['10.0.0.0/8', '::1'],
      allowedHosts: ['a.example'],
    });
  });

  it.each([
    ['REVERIE_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['REVERIE_TRUSTED_PROXIES', '*'],
    ['REVERIE_TRUSTED_PROXIES', 'proxy.example'],
    ['REVERIE_ALLOWED_HOSTS', 'a.example:80'],
    ['REVERIE_ALLOWED_HOSTS', '*'],
  ])('%s is not %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });
});
