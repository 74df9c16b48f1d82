import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { OfferedPartial } from '@/lib/contracts/partials';

/** Offers the names of partials behind `{{>`. */
export function partialCompletion(offered: () => readonly OfferedPartial[]): Extension {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const typed = context.matchBefore(/\{\{>\s*[a-z0-9_]*$/);
    const options = offered();
    if (!typed || options.length === 0) return null;
    return {
      from: typed.from + (/^\{\{>\s*/.exec(typed.text)?.[0].length ?? 0),
      validFor: /^[a-z0-9_]*$/,
      options: options.map(({ name, description }): Completion => ({ label: name, detail: description, apply })),
    };
  };
  return autocompletion({ override: [complete], icons: false });
}

/** Writes `{{> name}}` as it is written everywhere, whatever of it was typed already. */
function apply(view: EditorView, { label }: Completion, from: number, to: number): void {
  const before = view.state.sliceDoc(0, from);
  const start = before.lastIndexOf('{{>');
  const closed = /^\s*\}\}/.exec(view.state.sliceDoc(to, to + 100))?.[0].length ?? 0;
  const insert = `{{> ${label}}}`;
  view.dispatch({
    changes: { from: start, to: to + closed, insert },
    selection: { anchor: start + insert.length },
    userEvent: 'input.complete',
  });
}
