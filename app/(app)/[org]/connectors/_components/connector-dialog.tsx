'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { apiErrorOf } from '@/components/feedback/api-error';
import { FormDialog } from '@/components/feedback/form-dialog';
import { useOrg } from '@/components/frame/org-context';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Label } from '@/components/ui/label';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Switch } from '@/components/ui/switch';
import { CONNECTOR_KINDS, CONNECTOR_LABELS, type Connector, ConnectorKind } from '@/lib/contracts/connectors';
import { useTRPC } from '@/lib/trpc/client';
import { ConnectorField } from './connector-field';
import { FIELDS, initialValues, isShown, toConfiguration } from './fields';

/** Makes a connector or changes one, and tests it at once. */
export function ConnectorDialog({ connector, onClose }: { connector: Connector | undefined; onClose: () => void }) {
  const { slug } = useOrg();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<ConnectorKind>(connector?.kind ?? 'postgres');
  const [name, setName] = useState('');
  const [description, setDescription] = useState(connector?.description ?? '');
  const [mayWrite, setMayWrite] = useState(connector?.access === 'write');
  const [values, setValues] = useState(() => initialValues(kind, connector));
  const test = useMutation(
    trpc.connectors.test.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.connectors.pathFilter()),
    }),
  );
  const done = {
    onSuccess: async ({ id }: Connector) => {
      await queryClient.invalidateQueries(trpc.connectors.pathFilter());
      test.mutate({ org: slug, connectorId: id });
      onClose();
    },
  };
  const create = useMutation(trpc.connectors.create.mutationOptions(done));
  const change = useMutation(trpc.connectors.change.mutationOptions(done));
  const save = connector ? change : create;
  const error = save.isError ? apiErrorOf(save.error) : null;
  const fields = FIELDS[kind].filter((field) => isShown(field, values));
  const keeps = connector !== undefined;
  const missing = fields.some(
    ({ name: field, optional, type }) => !optional && !values[field]?.trim() && !(type === 'secret' && keeps),
  );
  const writes = CONNECTOR_LABELS[kind].write !== undefined;
  const written = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-');
  const submit = () => {
    const access = writes && mayWrite ? ('write' as const) : ('read' as const);
    const input = {
      org: slug,
      description: description.trim(),
      access,
      configuration: toConfiguration(kind, values, keeps),
    };
    if (connector) change.mutate({ ...input, connectorId: connector.id });
    else create.mutate({ ...input, name: written });
  };
  const errorOf = (field: string) =>
    error?.fields[`configuration.settings.${field}`] ?? error?.fields[`configuration.credentials.${field}`];
  return (
    <FormDialog
      title={connector ? `Change ${connector.name}` : 'New connector'}
      description="It is tested as soon as it is saved. What is secret is never shown again."
      action="Save and test"
      isReady={!missing && (connector !== undefined || written !== '')}
      isPending={save.isPending}
      error={save.error}
      className="sm:max-w-xl"
      onSubmit={submit}
      onClose={onClose}
    >
      {!connector && (
        <>
          <Field label="Kind">
            {({ id }) => (
              <Select
                value={kind}
                onValueChange={(next) => {
                  const chosen = ConnectorKind.parse(next);
                  setKind(chosen);
                  setValues(initialValues(chosen));
                }}
              >
                <SelectTrigger id={id}>
                  <SelectValue />
                </SelectTrigger>
                <SelectContent>
                  {CONNECTOR_KINDS.map((one) => (
                    <SelectItem key={one} value={one}>
                      {CONNECTOR_LABELS[one].label}
                    </SelectItem>
                  ))}
                </SelectContent>
              </Select>
            )}
          </Field>
          <Field label="Name" error={error?.fields.name} help="Agents name it; it stays.">
            {(control) => (
              <Input
                {...control}
                value={name}
                autoFocus
                autoComplete="off"
                spellCheck={false}
                placeholder="shop"
                onChange={(event) => setName(event.target.value)}
                onBlur={() => setName(written)}
              />
            )}
          </Field>
        </>
      )}
      {fields.map((field) => (
        <ConnectorField
          key={`${kind}-${field.name}`}
          field={field}
          value={values[field.name] ?? ''}
          error={errorOf(field.name)}
          keeps={keeps}
          onChange={(value) => setValues((now) => ({ ...now, [field.name]: value }))}
        />
      ))}
      <Field label="Description (optional)" error={error?.fields.description} className="sm:col-span-2">
        {(control) => (
          <Input
            {...control}
            value={description}
            autoComplete="off"
            onChange={(event) => setDescription(event.target.value)}
          />
        )}
      </Field>
      {writes && (
        <div className="flex items-center gap-3 sm:col-span-2">
          <Switch id="connector-may-write" checked={mayWrite} onCheckedChange={setMayWrite} />
          <Label htmlFor="connector-may-write">Agents may be given write access</Label>
        </div>
      )}
    </FormDialog>
  );
}
