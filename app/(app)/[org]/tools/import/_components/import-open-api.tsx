'use client';

import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormProblem } from '@/components/feedback/form-problem';
import { useOrg } from '@/components/frame/org-context';
import { PageHead } from '@/components/frame/page-head';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';
import type { OpenApiSource } from '@/lib/contracts/openapi';
import { useTRPC } from '@/lib/trpc/client';
import { ChooseOperations } from './choose-operations';

/** Reads an OpenAPI document, then makes tools of what is chosen in it. */
export function ImportOpenApi() {
  const { slug } = useOrg();
  const [url, setUrl] = useState('');
  const [text, setText] = useState('');
  const source: OpenApiSource = url.trim() ? { type: 'url', url: url.trim() } : { type: 'text', text };
  const read = useMutation(useTRPC().tools.openApi.read.mutationOptions());
  const fields = read.error ? apiErrorOf(read.error).fields : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    read.mutate({ org: slug, source });
  };
  return (
    <div className="mx-auto max-w-5xl">
      <PageHead
        title="Import tools"
        under={{ label: 'Tools', href: `/${slug}/tools` }}
        facts="Operations of an OpenAPI 3 document, each as a tool that calls it."
      />
      <form noValidate onSubmit={submit} className="grid gap-4 px-4 pb-6 sm:px-6">
        <FormProblem error={read.error} />
        <Field label="Address" error={fields['source.url']} help="Of the document, in JSON or YAML, public; to 2 MB.">
          {(control) => (
            <Input
              {...control}
              type="url"
              value={url}
              placeholder="https://"
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => setUrl(event.target.value)}
            />
          )}
        </Field>
        {!url.trim() && (
          <Field label="Or the document itself" error={fields['source.text']} help="To 900 kB.">
            {(control) => (
              <Textarea
                {...control}
                value={text}
                spellCheck={false}
                className="max-h-72 min-h-32 font-mono text-xs"
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        )}
        <div>
          <Button
            type="submit"
            variant={read.data ? 'outline' : 'default'}
            disabled={read.isPending || !(url.trim() || text.trim())}
          >
            {read.isPending ? 'Reading' : 'Read'}
          </Button>
        </div>
      </form>
      {read.data && read.variables && (
        <ChooseOperations key={read.submittedAt} preview={read.data} source={read.variables.source} />
      )}
    </div>
  );
}
