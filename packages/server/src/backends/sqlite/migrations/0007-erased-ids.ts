/** Which memory an erase took, so that it can be told to whoever follows the changes. */
export const erasedIds = `
ALTER TABLE changes ADD COLUMN erased_id BLOB;
ALTER TABLE changes ADD COLUMN erased_audience INTEGER;
ALTER TABLE changes ADD COLUMN erased_at INTEGER;
`;
