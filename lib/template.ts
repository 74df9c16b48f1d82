/** Fills `{{name}}` with its value; a name without one stays as it is, so that the mistake is seen. */
export const fillTemplate = (template: string, values: Record<string, string>): string =>
  template.replace(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
