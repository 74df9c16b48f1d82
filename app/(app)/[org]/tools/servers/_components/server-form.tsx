'use client';

import type { FormEvent } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormProblem } from '@/components/feedback/form-problem';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NumberInput } from '@/components/ui/number-input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import type { CreateMcpServerInput, McpAuth } from '@/lib/contracts/mcp';

const AUTHS: Record<McpAuth['type'], { label: string; blank: McpAuth }> = {
  none: { label: 'None', blank: { type: 'none' } },
  bearer: { label: 'Bearer token', blank: { type: 'bearer', token: '{{secret.}}' } },
  header: { label: 'Header', blank: { type: 'header', name: 'X-API-Key', value: '{{secret.}}' } },
};
const SECRET_HELP = 'Name a secret of Settings › Secrets: {{secret.NAME}}.';

export function ServerForm({
  server,
  isNew = false,
  readonly = false,
  error,
  busy,
  onServer,
  onSave,
}: {
  server: CreateMcpServerInput;
  isNew?: boolean;
  readonly?: boolean;
  /** Of the mutation that saves. */
  error: unknown;
  busy: boolean;
  onServer: (server: CreateMcpServerInput) => void;
  onSave: (server: CreateMcpServerInput) => void;
}) {
  const set = (patch: Partial<CreateMcpServerInput>) => onServer({ ...server, ...patch });
  const fields = error ? apiErrorOf(error).fields : {};
  const { auth } = server;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ ...server, name: server.name.trim(), url: server.url.trim() });
  };
  return (
    <form noValidate onSubmit={submit} className="grid content-start gap-4 px-4 pb-10 sm:px-6">
      <FormProblem error={error} />
      <fieldset disabled={readonly} className="contents">
        {isNew && (
          <Field label="Name" error={fields.name} help="Its tools are called name__tool. It stays.">
            {(control) => (
              <Input
                {...control}
                value={server.name}
                autoComplete="off"
                spellCheck={false}
                className="font-mono"
                onChange={(event) => set({ name: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label="Address" error={fields.url} help="Where the server speaks MCP over streamable HTTP.">
          {(control) => (
            <Input
              {...control}
              type="url"
              value={server.url}
              spellCheck={false}
              className="font-mono text-xs"
              onChange={(event) => set({ url: event.target.value })}
            />
          )}
        </Field>
        <Field label="Credentials">
          {({ id }) => (
            <Select
              value={auth.type}
              disabled={readonly}
              onValueChange={(type) => set({ auth: AUTHS[type as McpAuth['type']].blank })}
            >
              <SelectTrigger id={id}>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {Object.entries(AUTHS).map(([type, { label }]) => (
                  <SelectItem key={type} value={type}>
                    {label}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
        {auth.type === 'bearer' && (
          <Field label="Token" error={fields['auth.token']} help={SECRET_HELP}>
            {(control) => (
              <Input
                {...control}
                value={auth.token}
                spellCheck={false}
                className="font-mono text-xs"
                onChange={(event) => set({ auth: { ...auth, token: event.target.value } })}
              />
            )}
          </Field>
        )}
        {auth.type === 'header' && (
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Header" error={fields['auth.name']}>
              {(control) => (
                <Input
                  {...control}
                  value={auth.name}
                  spellCheck={false}
                  className="font-mono text-xs"
                  onChange={(event) => set({ auth: { ...auth, name: event.target.value } })}
                />
              )}
            </Field>
            <Field label="Value" error={fields['auth.value']} help={SECRET_HELP}>
              {(control) => (
                <Input
                  {...control}
                  value={auth.value}
                  spellCheck={false}
                  className="font-mono text-xs"
                  onChange={(event) => set({ auth: { ...auth, value: event.target.value } })}
                />
              )}
            </Field>
          </div>
        )}
        <Field label="Description" error={fields.description} help="For people.">
          {(control) => (
            <Input
              {...control}
              value={server.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
        <Field label="Time-out of a call" error={fields.timeoutSeconds} help="Seconds, to 120.">
          {(control) => (
            <NumberInput
              {...control}
              min={1}
              max={120}
              value={server.timeoutSeconds}
              className="w-28"
              onValue={(timeoutSeconds = Number.NaN) => set({ timeoutSeconds })}
            />
          )}
        </Field>
      </fieldset>
      {!readonly && (
        <div>
          <Button type="submit" disabled={busy || !server.name || !server.url}>
            {busy ? 'Connecting' : isNew ? 'Connect' : 'Save and connect'}
          </Button>
        </div>
      )}
    </form>
  );
}
