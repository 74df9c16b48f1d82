'use client';

import { useLayoutEffect, useRef, useState } from 'react';
import { apiErrorOf } from './api-error';

type Control = HTMLInputElement;

/** The fields of a form that say what is wrong with them. */
const wrongIn = (form: HTMLFormElement | null | undefined): Control[] => [
  ...(form?.querySelectorAll<Control>('[aria-invalid="true"]') ?? []),
];
const nameOf = (control: Control): string =>
  control.labels?.[0]?.textContent || control.getAttribute('aria-label') || 'this field';

/**
 * Why a form was not saved: the fields that are wrong, each a jump to it, and the first has the focus; what the server says
 * where no field shows it. Inside the form.
 * @param error of the mutation; the same object until it is tried again.
 */
export function FormProblem({ error }: { error: unknown }) {
  const alert = useRef<HTMLDivElement>(null);
  const [wrong, setWrong] = useState<Control[]>([]);
  useLayoutEffect(() => {
    const found = error ? wrongIn(alert.current?.closest('form')) : [];
    setWrong(found);
    found[0]?.focus();
  }, [error]);
  if (!error) return null;
  const { message, fields } = apiErrorOf(error);
  return (
    <div ref={alert} role="alert" className="rounded-md border border-destructive/40 bg-failed-tint px-3 py-2">
      {wrong.length > 0 && (
        <p>
          Not saved. Look at{' '}
          {wrong.map((control, at) => (
            <span key={control.id || at}>
              {at > 0 && (at === wrong.length - 1 ? ' and ' : ', ')}
              <button
                type="button"
                className="focus-ring rounded-sm font-medium underline underline-offset-2"
                onClick={() => control.focus()}
              >
                {nameOf(control)}
              </button>
            </span>
          ))}
          .
        </p>
      )}
      {Object.keys(fields).length > wrong.length || wrong.length === 0 ? <p>{message}</p> : null}
    </div>
  );
}
