/** Kubernetes manifests as `kubectl kustomize` puts them together, as far as deploy/ uses it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { read, root } from '../source-files.ts';

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});
export type Manifest = z.infer<typeof manifest>;

/** Strict: what this reader does not know of kustomize is refused. */
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
  patches: z.array(z.strictObject({ path: z.string() })).default([]),
  images: z.array(z.strictObject({ name: z.string(), newTag: z.string() })).default([]),
});

export interface Overlay {
  readonly manifests: readonly Manifest[];
  /** Tags by the name of the image. */
  readonly tags: Readonly<Record<string, string>>;
  /** All that was read. */
  readonly files: readonly string[];
}

/** `folder` from the root of the repository. */
export function readOverlay(folder: string): Overlay {
  const file = `${folder}/kustomization.yaml`;
  const { resources, patches, images } = kustomization.parse(parse(read(file)));
  const manifests: Manifest[] = [];
  const files = [file];
  const tags: Record<string, string> = {};
  for (const resource of resources) {
    const path = join(folder, resource);
    if (!existsSync(join(root, path)))
      throw new Error(`${file} names ${resource}: it is not there.`);
    const isFolder = statSync(join(root, path)).isDirectory();
    const part = isFolder
      ? readOverlay(path)
      : { manifests: readFile(path), files: [path], tags: {} };
    manifests.push(...part.manifests);
    files.push(...part.files);
    Object.assign(tags, part.tags);
  }
  for (const { path } of patches) {
    files.push(join(folder, path));
    for (const patch of readFile(join(folder, path))) applyPatch(manifests, patch);
  }
  for (const { name, newTag } of images) tags[name] = newTag;
  return { manifests, tags, files };
}

function readFile(path: string): Manifest[] {
  return parseAllDocuments(read(path)).map((document) => {
    const [error] = [...document.errors, ...document.warnings];
    if (error) throw new Error(`${path}: ${error.message}`);
    return manifest.parse(document.toJS());
  });
}

const dataOf = z.looseObject({ data: z.record(z.string(), z.string()) });

/** Adds settings to a ConfigMap; no other patch is in use. */
function applyPatch(manifests: Manifest[], patch: Manifest): void {
  const at = manifests.findIndex(
    ({ kind, metadata }) => kind === patch.kind && metadata.name === patch.metadata.name,
  );
  const target = manifests[at];
  if (target === undefined || patch.kind !== 'ConfigMap') {
    throw new Error(`A patch of ${patch.kind} ${patch.metadata.name} finds nothing.`);
  }
  const data = { ...dataOf.parse(target).data, ...dataOf.parse(patch).data };
  manifests[at] = { ...target, data };
}
