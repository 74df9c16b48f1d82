import { toast } from 'sonner';
import { apiErrorOf } from './api-error';

/** Says in a toast what went wrong; for `onError` of what has no form to say it in. */
export function toastError(error: unknown): void {
  const { message, requestId } = apiErrorOf(error);
  toast.error(message, { description: requestId ? `Request ${requestId}` : undefined });
}
