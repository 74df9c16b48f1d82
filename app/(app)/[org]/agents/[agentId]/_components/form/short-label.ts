/** A model's label without the reminder that the badge beside it already is. */
export const shortLabel = (label: string): string => label.replace(/\s*\(sandbox[^)]*\)$/, '');
