/** The API reference as one HTML page: no script, no asset from elsewhere. */
import type { openApiDocument } from './docs.ts';

type OpenApi = ReturnType<typeof openApiDocument>;
type Schema = Record<string, unknown>;

const style = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
  section { border-top: 1px solid #8886; padding: 1rem 0; }
  h2 { font-size: 1.1rem; margin: 0; } h2 code { font-size: 1.05rem; }
  .method { font-weight: 700; text-transform: uppercase; margin-right: .5rem; }
  table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
  td, th { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top; }
  th { font-weight: 600; border-bottom: 1px solid #8886; }`;

export function renderDocs(document: OpenApi): string {
  const sections = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Schema>).map(([method, operation]) =>
      renderOperation(document, method, path, operation),
    ),
  );
  const { title, version, description } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} API</title>
<style>${style}</style></head><body>
<h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1>
<p>${escapeHtml(description ?? '')} Send <code>Authorization: Bearer &lt;key&gt;</code> with every
request. The machine-readable form is <a href="/openapi.json">/openapi.json</a>.</p>
${sections.join('\n')}
</body></html>`;
}

function renderOperation(
  document: OpenApi,
  method: string,
  path: string,
  operation: Schema,
): string {
  const parameters = asSchemas(operation.parameters).map((parameter) =>
    row(
      String(parameter.name),
      asSchema(parameter.schema),
      parameter.required === true,
      String(parameter.in),
    ),
  );
  const body = bodySchema(document, operation);
  const required = new Set(Array.isArray(body?.required) ? body.required : []);
  const fields = Object.entries(asSchema(body?.properties)).map(([name, schema]) =>
    row(name, asSchema(schema), required.has(name), 'body'),
  );
  const rows = [...parameters, ...fields].join('');
  const head = '<tr><th>Field</th><th>Type</th><th>In</th><th></th></tr>';
  return `<section><h2><span class="method">${escapeHtml(method)}</span>
<code>${escapeHtml(path)}</code>
${escapeHtml(String(operation.summary ?? ''))}</h2>
<p>${prose(String(operation.description ?? ''))}</p>
${rows === '' ? '' : `<table>${head}${rows}</table>`}</section>`;
}

function bodySchema(document: OpenApi, operation: Schema): Schema | undefined {
  const content = asSchema(asSchema(operation.requestBody).content);
  const schema = asSchema(asSchema(content['application/json']).schema);
  const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  if (name === undefined) return schema;
  return asSchema(asSchema(document.components?.schemas)[name]);
}

function row(name: string, schema: Schema, required: boolean, place: string): string {
  const options = Array.isArray(schema.enum) ? schema.enum.join(' | ') : schema.type;
  const type = Array.isArray(options) ? options.join(' | ') : String(options ?? 'any');
  const note = [required ? 'required' : '', String(schema.description ?? '')];
  const cells = [
    `<code>${escapeHtml(name)}</code>`,
    escapeHtml(type),
    place,
    escapeHtml(note.join(' ').trim()),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function asSchemas(value: unknown): Schema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}

/** Backticks mark code in descriptions, as in Markdown. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
