/** The strategies under test. */
export * from '../../packages/server/src/engine/dream/strategies/associate.ts';
export * from '../../packages/server/src/engine/dream/strategies/forecast.ts';
export * from '../../packages/server/src/engine/dream/strategies/insight-generate.ts';
export * from '../../packages/server/src/engine/dream/strategies/pattern-extract.ts';
export * from '../../packages/server/src/engine/dream/strategies/reflect.ts';
