import Link from 'next/link';
import type { ComponentProps } from 'react';

/** A link inside a sentence. */
export const TextLink = (props: ComponentProps<typeof Link>) => (
  <Link {...props} className="focus-ring rounded-sm text-link underline underline-offset-2" />
);
