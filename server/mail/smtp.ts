import { createTransport } from 'nodemailer';
import type { MailMessage } from '@/lib/contracts/mail';
import { env, publicUrl } from '@/lib/env';
import { Upstream } from '../errors';
import { renderHtml, renderText } from './template';

const TIMEOUT_MS = 20_000;

const sender = (): string => env.MUSTER_MAIL_FROM ?? `Muster <muster@${new URL(publicUrl()).hostname}>`;

/**
 * Hands a mail to the server of MUSTER_SMTP_URL. Its id makes the Message-ID, so that a mail handed over twice is one.
 * @throws Upstream, retriable unless the server refused it for good (RFC 5321: 5xx).
 */
export async function sendBySmtp(url: string, id: string, message: MailMessage): Promise<void> {
  const limits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport = createTransport({ url, ...limits, disableFileAccess: true, disableUrlAccess: true });
  try {
    await transport.sendMail({
      from: sender(),
      // As an object: commas and brackets in an address make no second recipient.
      to: { name: '', address: message.to },
      subject: message.subject,
      messageId: `<${id}@${new URL(publicUrl()).hostname}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      text: renderText(message),
      html: renderHtml(message),
    });
  } catch (error) {
    const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0;
    const words = code ? `answered ${code}` : 'cannot be reached';
    throw new Upstream(`The mail server ${words}.`, {
      reason: 'internal',
      retriable: code < 500,
      cause: error,
    });
  } finally {
    transport.close();
  }
}
