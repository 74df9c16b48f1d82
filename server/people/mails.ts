import type { MailMessage } from '@/lib/contracts/mail';
import { publicUrl } from '@/lib/env';

/** What is in a link stands behind `#`: browsers keep it to themselves, no server or proxy writes it down. */
const link = (path: string, token?: string): string => `${publicUrl()}${path}${token ? `#${token}` : ''}`;

const UNASKED = 'If you did not ask for this, do nothing: nothing happens.';

export const confirmSignUpMail = (to: string, name: string, token: string): MailMessage => ({
  to,
  subject: 'Confirm your address',
  paragraphs: [`Hello ${name},`, 'One step is left: confirm that this address is yours, and your account is made.'],
  action: { label: 'Confirm and start', url: link('/confirm', token) },
  footnote: `The link works once, for 24 hours. ${UNASKED}`,
});

/** To a sign-up with an address that has an account: only its holder learns that it has. */
export const accountExistsMail = (to: string): MailMessage => ({
  to,
  subject: 'You have an account already',
  paragraphs: [
    'Somebody, probably you, tried to create an account with this address. It has one already, so nothing was changed.',
    'Sign in with the password you have. If you forgot it, the sign-in page helps you to a new one.',
  ],
  action: { label: 'Sign in', url: link('/sign-in') },
  footnote: 'If it was not you, do nothing: whoever it was learned nothing.',
});

export const resetMail = (to: string, token: string): MailMessage => ({
  to,
  subject: 'Choose a new password',
  paragraphs: [
    'You asked for a new password. Choosing one signs you out everywhere, and lets you in even where too many wrong passwords were tried.',
  ],
  action: { label: 'Choose a new password', url: link('/reset-password', token) },
  footnote: `The link works once, for one hour. ${UNASKED}`,
});

/** To a request for an address without an account: the same work, and an answer for who mistook their address. */
export const noAccountMail = (to: string): MailMessage => ({
  to,
  subject: 'There is no account with this address',
  paragraphs: [
    'Somebody, probably you, asked for a new password. No account has this address: perhaps you signed up with another one.',
  ],
  action: { label: 'Create an account', url: link('/sign-up') },
  footnote: UNASKED,
});

export const passwordChangedMail = (to: string): MailMessage => ({
  to,
  subject: 'Your password was changed',
  paragraphs: ['The password of your account is a new one, and other browsers are signed out.'],
  action: { label: 'It was not me', url: link('/forgot-password') },
  footnote: 'If it was you, there is nothing to do.',
});

export const confirmEmailMail = (to: string, token: string): MailMessage => ({
  to,
  subject: 'Confirm your new address',
  paragraphs: ['You asked to use this address for your account. It takes effect when you confirm it.'],
  action: { label: 'Use this address', url: link('/confirm-email', token) },
  footnote: `The link works once, for 24 hours. ${UNASKED}`,
});

/** To a new address that somebody has an account with: whoever asked learns nothing. */
export const addressTakenMail = (to: string): MailMessage => ({
  to,
  subject: 'This address has an account already',
  paragraphs: [
    'Somebody, probably you, tried to change the address of another account to this one. An account has it already, so nothing was changed.',
  ],
  action: { label: 'Sign in', url: link('/sign-in') },
  footnote: 'If it was not you, do nothing.',
});

/** To the old address, before anything changes. */
export const emailChangeNoticeMail = (to: string, newEmail: string): MailMessage => ({
  to,
  subject: 'Your address is about to change',
  paragraphs: [
    `Somebody who knows your password asked to change the address of your account to ${newEmail}. It happens when that address is confirmed.`,
    'If it was not you, choose a new password now: that stops it.',
  ],
  action: { label: 'It was not me', url: link('/forgot-password') },
  footnote: 'If it was you, there is nothing to do.',
});

export const identityConnectedMail = (to: string, provider: string): MailMessage => ({
  to,
  subject: `${provider} now signs you in`,
  paragraphs: [`Somebody who has this address at ${provider} signed in with it. Your account accepts it from now on.`],
  action: { label: 'Sign in', url: link('/sign-in') },
  footnote: 'If it was not you, choose a new password and disconnect it in your account settings.',
});
