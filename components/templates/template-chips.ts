import type { Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

/** What a template may name; undefined when that is not known here. */
export interface KnownNames {
  variables?: readonly string[];
  partials?: readonly string[];
}

const chip = Decoration.mark({ class: 'cm-chip' });
const unknown = (title: string) => Decoration.mark({ class: 'cm-chip cm-chip-unknown', attributes: { title } });
const undeclared = unknown('Not declared under Variables');
const missing = unknown('There is no partial of this name');

/** Marks every `{{variable}}` and `{{> partial}}` in the text; names that are not known look different. */
export function templateChips({ variables, partials }: KnownNames): Extension {
  const matcher = new MatchDecorator({
    regexp: /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}|\{\{>([^{}]*)\}\}/g,
    decoration: ([, variable, partial]) => {
      if (partial !== undefined) return !partials || partials.includes(partial.trim()) ? chip : missing;
      return !variables || variables.includes(variable ?? '') ? chip : undeclared;
    },
  });
  return ViewPlugin.fromClass(
    class {
      chips: DecorationSet;
      constructor(view: EditorView) {
        this.chips = matcher.createDeco(view);
      }
      update(update: ViewUpdate) {
        this.chips = matcher.updateDeco(update, this.chips);
      }
    },
    { decorations: (plugin) => plugin.chips },
  );
}
