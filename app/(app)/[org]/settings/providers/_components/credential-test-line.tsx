'use client';

import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { useOrg } from '@/components/frame/org-context';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import type { CredentialProvider, ProviderStatus } from '@/lib/contracts/models';
import { formatDuration } from '@/lib/format';
import { useTRPC } from '@/lib/trpc/client';

/** Asks the provider for one word with the key in use. */
export function CredentialTestLine({ status }: { status: ProviderStatus & { provider: CredentialProvider } }) {
  const { provider, settings } = status;
  const { slug } = useOrg();
  const [model, setModel] = useState('');
  const test = useMutation(useTRPC().models.testCredential.mutationOptions());
  // A server that is merely compatible may say what it serves; Azure never does.
  const needsModel = provider === 'azure' && !settings.deployments?.length;
  const takesModel = needsModel || provider === 'openai-compatible';
  const failure = test.isError ? apiErrorOf(test.error).message : test.data && !test.data.ok ? test.data.message : null;
  return (
    <div className="flex basis-full flex-wrap items-center gap-2 pl-7">
      {takesModel && (
        <Input
          aria-label="Model to test with"
          placeholder={needsModel ? 'model' : 'model (optional)'}
          value={model}
          onChange={(event) => setModel(event.target.value)}
          className="h-7 w-44 font-mono text-xs"
        />
      )}
      <Button
        variant="outline"
        size="sm"
        disabled={test.isPending || (needsModel && !model.trim())}
        onClick={() =>
          test.mutate({ org: slug, provider, model: model.trim() ? `${provider}/${model.trim()}` : undefined })
        }
      >
        {test.isPending ? 'Testing…' : 'Test'}
      </Button>
      <p role="status" className="min-w-0 text-xs">
        {test.data?.ok && (
          <span className="inline-flex items-center gap-1.5 text-success">
            <CircleCheck className="size-3.5" aria-hidden />
            {test.data.model ?? 'It'} answered in {formatDuration(test.data.durationMs)}
          </span>
        )}
        {failure && (
          <span className="inline-flex items-center gap-1.5 text-failed">
            <CircleX className="size-3.5 shrink-0" aria-hidden /> {failure}
          </span>
        )}
      </p>
    </div>
  );
}
