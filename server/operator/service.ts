import type { SignedIn } from '../context';
import { NotFound } from '../errors';
import { selectIsOperator, updateOperator } from './queries';

/** Whether a person has set this server up, and may see how it works, whatever the organization. */
export const isOperator = (session: SignedIn): Promise<boolean> => selectIsOperator(session.user.id);

/** @throws NotFound for everybody else, as if there were nothing. */
export async function requireOperator(session: SignedIn): Promise<void> {
  if (!(await isOperator(session))) throw new NotFound('page');
}

/** Makes a person the operator: for the first start alone. */
export const makeOperator = (userId: string): Promise<void> => updateOperator(userId);
