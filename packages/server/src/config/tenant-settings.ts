/** Who may become a tenant, and what of it is watched: a part of the table of settings. */
import { plansFromText } from './plans-setting.ts';
import { choice, define, integer } from './setting.ts';

export const tenantSettings = {
  signup: define({
    env: 'REVERIE_SIGNUP',
    schema: choice('closed', 'open'),
    default: 'closed',
    form: 'closed|open',
    doc:
      'open: POST /v1/keys without a key makes a tenant on the free plan. See ' +
      'docs/guides/quotas.md.',
  }),
  signupsPerHour: define({
    env: 'REVERIE_SIGNUPS_PER_HOUR',
    schema: integer(1, 1_000_000),
    default: '5',
    form: 'number',
    doc: 'Tenants that one address may make in an hour, where sign-up is open.',
  }),
  auditDays: define({
    env: 'REVERIE_AUDIT_DAYS',
    schema: integer(0, 36_500),
    default: '365',
    form: 'number',
    doc: 'How many days the audit log keeps an event; 0 for ever.',
  }),
  plans: define({
    env: 'REVERIE_PLANS',
    schema: plansFromText,
    default: '{}',
    form: 'json|file',
    doc:
      'Plans beside free and unlimited, and another free: JSON like {"pro": ' +
      '{"operations_per_month": 100000, "stored_bytes": 10000000000, "requests_per_minute": ' +
      '600}}, or a file with it. What is left out has no limit.',
  }),
} as const;
