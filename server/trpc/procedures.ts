import { OrgInput } from '@/lib/contracts/people';
import { recordDenied } from '../audit/service';
import { Forbidden, Unauthorized } from '../errors';
import { requireOperator } from '../operator/service';
import { openOrganization } from '../organizations/service';
import { describeRequest } from '../telemetry/requests';
import { counted } from './counted';
import { onFailure } from './failure';
import { mapErrors, trpc } from './init';

export const { router, createCallerFactory } = trpc;

/** For everybody, signed in or not. */
export const publicProcedure = trpc.procedure.use(counted).use(mapErrors);

/** For a person who is signed in; `ctx.session` tells who. */
export const signedInProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.session) throw new Unauthorized('Sign in first.');
  return next({ ctx: { ...ctx, session: ctx.session } });
});

/** For the person who set this server up; for everybody else there is nothing. */
export const operatorProcedure = signedInProcedure.use(async ({ ctx, next }) => {
  await requireOperator(ctx.session);
  return next();
});

/** For a member of the organization named by `org`; `ctx.org` is what every service verb takes first. */
export const orgProcedure = signedInProcedure.input(OrgInput).use(async ({ ctx, input, path, next }) => {
  const org = await openOrganization(ctx, input.org);
  describeRequest({ org: org.org.id });
  return onFailure(await next({ ctx: { ...ctx, org } }), async (error) => {
    if (error.cause instanceof Forbidden) await recordDenied(org, path);
    return error;
  });
});
