import { CircleAlert } from 'lucide-react';

/** What the whole form got wrong; read out when it appears. */
export function FormError({ message }: { message?: string }) {
  return (
    <div role="alert">
      {message && (
        <p className="flex items-start gap-2 rounded-md bg-failed-tint px-3 py-2 text-failed text-sm">
          <CircleAlert className="mt-px size-4 shrink-0" aria-hidden />{' '}
          <span className="min-w-0 break-words">{message}</span>
        </p>
      )}
    </div>
  );
}
