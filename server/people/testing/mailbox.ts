import { desc, eq } from 'drizzle-orm';
import { mails } from '@/db/schema/mail';
import type { MailMessage } from '@/lib/contracts/mail';
import { asSystem } from '../../context';

/** What was written to an address, newest first. */
export const mailsTo = (email: string): Promise<MailMessage[]> =>
  asSystem(async (db) => {
    const rows = await db.select().from(mails).where(eq(mails.to, email.toLowerCase())).orderBy(desc(mails.id));
    return rows.map(({ message }) => message);
  });

/** What stands behind `#` in the newest mail to an address. */
export async function newestToken(email: string): Promise<string> {
  const [newest] = await mailsTo(email);
  return new URL(newest?.action?.url ?? '').hash.slice(1);
}
