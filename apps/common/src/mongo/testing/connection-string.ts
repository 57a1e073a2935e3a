/** A connection string to another database on the same server, by the same user. */
export function withDatabase(uri: string, database: string): string {
  const parts = /^(?<server>mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/(?<own>[^?]*))?(?:\?(?<options>.*))?$/.exec(uri)?.groups;
  if (!parts) throw new Error('MONGODB_URI is not a connection string such as mongodb://host:27017/?replicaSet=rs0');
  const options = new URLSearchParams(parts['options']);
  // The default authSource is the database of the connection string.
  if (parts['own'] && parts['server']?.includes('@') && !options.has('authSource'))
    options.set('authSource', parts['own']);
  const query = options.size > 0 ? `?${options.toString()}` : '';
  return `${parts['server']}/${database}${query}`;
}
