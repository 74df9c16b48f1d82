const MOST = 200;

/**
 * Bounds the values of a label that people may choose freely, such as the names of models: each value is a time series
 * for as long as the process lives. The first 200 keep their name, later ones are `other`.
 */
export function boundedLabel(): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= MOST) return 'other';
    known.add(value);
    return value;
  };
}
