/** What others may ask of people; each file says the rest. */
export { requireAskingPace } from './paces';
export { signInWithProvider } from './providers';
export { pruneAccounts } from './queries';
export { checkSession, endSession, SESSION_SECONDS } from './sessions';
export { makeTicket, signIn, signInWithTicket } from './sign-in';
export { createAccount, insertAccount } from './sign-up';
