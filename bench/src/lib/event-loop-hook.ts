/**
 * Preloaded (node --import) into the server under test: measures how late its event loop is and
 * answers over the process channel. The product itself carries no measuring code for this.
 */
import { existsSync, openSync, readSync } from 'node:fs';
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { field } from './json.ts';

/** Milliseconds; the histogram records whole intervals, so its resolution is subtracted. */
const resolutionMs = 1;

const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
histogram.enable();

/**
 * How late the loop was by its own work: on a busy machine it also waits for a core. Of the time
 * between two looks no more can be its own than its thread has had of a core.
 */
const own = createHistogram();
const thread = '/proc/thread-self/schedstat';
const schedule = existsSync(thread) ? openSync(thread, 'r') : undefined;
const scheduleText = Buffer.alloc(128);
let lookedAt = performance.now();
let usedMs = cpuMs();
setInterval(() => {
  const now = performance.now();
  const used = cpuMs();
  const lateMs = Math.min(now - lookedAt, used - usedMs) - resolutionMs;
  own.record(Math.max(1, Math.round(lateMs * 1e6)));
  lookedAt = now;
  usedMs = used;
}, resolutionMs).unref();

/** Of this thread on Linux, where the kernel tells it; of all threads elsewhere. */
function cpuMs(): number {
  if (schedule === undefined) {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  const size = readSync(schedule, scheduleText, 0, scheduleText.length, 0);
  return Number.parseInt(scheduleText.toString('latin1', 0, size), 10) / 1e6;
}

function lateBy(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolutionMs);
}

process.on('message', (message: unknown) => {
  const name = field(message, 'name');
  if (name === 'event-loop-reset') {
    histogram.reset();
    own.reset();
    process.send?.({ name, value: true });
  }
  if (name === 'event-loop-read') {
    const value = {
      p50: lateBy(histogram.percentile(50)),
      p95: lateBy(histogram.percentile(95)),
      p99: lateBy(histogram.percentile(99)),
      max: lateBy(histogram.max),
      n: histogram.count,
      ownP99: own.percentile(99) / 1e6,
      // Of the whole life of the process.
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
    process.send?.({ name, value });
  }
});
/** What is held, after what is not needed any more is gone (node --expose-gc). */
process.on('message', (message: unknown) => {
  if (field(message, 'name') !== 'memory-read') return;
  globalThis.gc?.();
  process.send?.({ name: 'memory-read', value: process.memoryUsage() });
});
// Listening keeps the channel open, and the channel would keep the process alive.
process.channel?.unref();
