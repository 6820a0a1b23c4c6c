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

export function mountDocs(app: App, version: string): void {
  const openApi = openApiDocument(app, version);
  const page = renderDocs(openApi);
  // Written once: nobody needs a key to ask, and writing it takes as long as ten searches.
  const json = JSON.stringify(openApi);
  const type = { 'Content-Type': 'application/json' };
  app.get('/openapi.json', (context) => context.body(json, 200, type));
  app.get('/docs', (context) => {
    const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    context.header('Content-Security-Policy', policy);
    return context.html(page);
  });
}
