import type { ComponentProps } from 'react';
import { cn } from './cn';

export const inputClasses =
  'w-full min-w-0 rounded-md border border-input bg-background px-2.5 text-base text-foreground transition-colors placeholder:text-muted-foreground focus-ring focus-visible:border-ring disabled:cursor-not-allowed disabled:bg-muted disabled:text-muted-foreground aria-invalid:border-destructive max-sm:text-[1rem]';

export function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return <input type={type} data-slot="input" className={cn(inputClasses, 'h-8', className)} {...props} />;
}
