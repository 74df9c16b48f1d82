/** The time in a run's id (UUIDv7), to the minute. */
export function formatWhen(id: string | null | undefined): string {
  const ms = Number.parseInt((id ?? '').replaceAll('-', '').slice(0, 12), 16);
  return Number.isNaN(ms)
    ? 'the beginning'
    : new Date(ms).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
