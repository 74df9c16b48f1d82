import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import type { FormField } from './fields';

export function ConnectorField({
  field,
  value,
  error,
  keeps,
  onChange,
}: {
  field: FormField;
  value: string;
  error: string | undefined;
  /** There is a secret already, which stays unless another is given. */
  keeps: boolean;
  onChange: (value: string) => void;
}) {
  const { label, type = 'text', choices = [], placeholder } = field;
  const isWide = type === 'long' || field.name === 'baseUrl' || field.name === 'endpoint';
  const help = type === 'secret' && keeps ? 'Left empty, it stays as it is.' : field.help;
  return (
    <Field label={label} error={error} help={help} className={isWide ? 'sm:col-span-2' : undefined}>
      {(control) => {
        if (type === 'choice') {
          return (
            <Select value={value} onValueChange={onChange}>
              <SelectTrigger id={control.id} aria-describedby={control['aria-describedby']}>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {choices.map(([choice, text]) => (
                  <SelectItem key={choice} value={choice}>
                    {text}
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          );
        }
        const common = { ...control, value, placeholder, autoComplete: 'off', spellCheck: false };
        if (type === 'long') {
          return (
            <Textarea
              {...common}
              className="max-h-32 font-mono text-xs"
              onChange={(event) => onChange(event.target.value)}
            />
          );
        }
        return (
          <Input
            {...common}
            type={type === 'secret' ? 'password' : 'text'}
            inputMode={type === 'number' ? 'numeric' : undefined}
            autoComplete={type === 'secret' ? 'new-password' : 'off'}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}
