/** /openapi.json, generated from the routes, and /docs, a page made from it without any script. */

import { registerErrors } from './documented-errors.ts';
import { renderDocs } from './render-docs.ts';
import type { App } from './route.ts';

export function openApiDocument(app: App, version: string) {
  registerErrors(app.openAPIRegistry);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The root key; "reverie keys reset" makes a new one.',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Reverie',
      version,
      description: 'The memory layer that AI applications deserve.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
  });
}

interface Written {
  readonly json: string;
  readonly page: string;
}

/** By version: every app of a process has the same routes, and reading them takes 0.1 seconds. */
const written = new Map<string, Written>();

/** Made before the first request: nobody needs a key to ask, and others would wait. */
export function mountDocs(app: App, version: string): void {
  const { json, page } = written.get(version) ?? write(app, version);
  const type = { 'Content-Type': 'application/json' };
  app.get('/openapi.json', (context) => context.body(json, 200, type));
  app.get('/docs', (context) => {
    const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    context.header('Content-Security-Policy', policy);
    return context.html(page);
  });
}

function write(app: App, version: string): Written {
  const openApi = openApiDocument(app, version);
  const made = { json: JSON.stringify(openApi), page: renderDocs(openApi) };
  written.set(version, made);
  return made;
}
