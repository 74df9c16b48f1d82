import { type ReactNode, useId } from 'react';
import { cn } from './cn';
import { Label } from './label';

export interface FieldControl {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}

/** Label above, the control, help and error below; `children` gets what ties the control to them. */
export function Field({
  label,
  help,
  error,
  className,
  children,
}: {
  label: ReactNode;
  help?: ReactNode;
  error?: string;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}) {
  const id = useId();
  // What help said already is not said twice.
  const hint = help !== error && help;
  const described = [error && `${id}-error`, hint && `${id}-help`].filter(Boolean).join(' ');
  return (
    <div className={cn('grid content-start gap-1.5', className)}>
      <Label htmlFor={id}>{label}</Label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {error && (
        <p id={`${id}-error`} className="text-destructive text-xs">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-help`} className="text-muted-foreground text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
