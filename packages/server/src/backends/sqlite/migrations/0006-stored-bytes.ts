/** How many bytes a namespace keeps, so that a tenant's are known without reading its rows. */
export const storedBytes = `
ALTER TABLE namespaces ADD COLUMN stored_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE namespaces SET stored_bytes =
  coalesce((SELECT sum(length(body)) FROM memories
    WHERE row BETWEEN no * 4294967296 AND no * 4294967296 + 4294967295), 0) +
  coalesce((SELECT sum(length(body)) FROM versions
    WHERE row BETWEEN no * 4294967296 AND no * 4294967296 + 4294967295), 0);
`;
