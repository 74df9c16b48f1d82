import { eq } from 'drizzle-orm';
import { users } from '@/db/schema/users';
import { asSystem } from '../context';

export const selectIsOperator = (userId: string): Promise<boolean> =>
  asSystem(async (db) => {
    const [row] = await db.select({ isOperator: users.isOperator }).from(users).where(eq(users.id, userId));
    return row?.isOperator ?? false;
  });

/** Makes a person the operator of this server. */
export const updateOperator = (userId: string): Promise<void> =>
  asSystem(async (db) => {
    await db.update(users).set({ isOperator: true }).where(eq(users.id, userId));
  });
