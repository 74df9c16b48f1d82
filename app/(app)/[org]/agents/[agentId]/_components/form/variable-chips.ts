import type { Extension } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

/** Marks every `{{name}}` in the text; names that are not in `known` look different. */
export function variableChips(known: string[]): Extension {
  const declared = Decoration.mark({ class: 'cm-variable' });
  const unknown = Decoration.mark({
    class: 'cm-variable cm-variable-unknown',
    attributes: { title: 'Not declared under Variables' },
  });
  const matcher = new MatchDecorator({
    regexp: /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g,
    decoration: ([, name]) => (name && known.includes(name) ? declared : unknown),
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
