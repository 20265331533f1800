// CodeMirror in place of a text area, which goes on to hold the text for the form. Its styles are its own, and carry
// the page's nonce; its colours are in author.css.
import {
  autocompletion,
  bracketMatching,
  classHighlighter,
  completionKeymap,
  Decoration,
  defaultKeymap,
  drawSelection,
  EditorState,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  history,
  historyKeymap,
  indentOnInput,
  keymap,
  lineNumbers,
  StateEffect,
  StateField,
  syntaxHighlighting,
  WidgetType,
  yaml,
} from "../vendor/codemirror/codemirror.js";
import { completeIn } from "./author-completion.js";

export class Editor {
  #area;
  #view;

  // `places`: what can stand where (portal/exercises/completing.py); `typed`: called with the text when it changes.
  constructor(area, places, typed) {
    this.#area = area;
    this.#view = new EditorView({
      parent: area.parentElement,
      state: EditorState.create({ doc: area.value, extensions: [...EXTENSIONS, ...this.#own(places, typed)] }),
    });
    area.after(this.#view.dom);
    area.hidden = true;
  }

  get text() {
    return this.#area.value;
  }

  // Another text in place of all of it, which can be undone.
  replace(text) {
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  // Show a mistake at its line; with null at none.
  mark(line, problem) {
    this.#view.dispatch({ effects: setMistake.of(line ? { line, problem } : null) });
  }

  // Lead to a line, and choose it.
  chooseLine(number) {
    this.#view.focus();
    if (!number || number > this.#view.state.doc.lines) return;
    const { from, to } = this.#view.state.doc.line(number);
    this.#view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }

  #own(places, typed) {
    const nonce = document.querySelector("link[data-nonce]").nonce;
    const { attributes } = this.#area;
    return [
      EditorView.cspNonce.of(nonce),
      EditorView.contentAttributes.of({
        "aria-labelledby": "source-label",
        "aria-describedby": attributes["aria-describedby"].value,
        "aria-multiline": "true",
        tabindex: "0",
      }),
      autocompletion({ override: [completeIn(places)], icons: false }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        this.#area.value = update.state.doc.toString();
        typed(this.#area.value);
      }),
    ];
  }
}

// A mistake: its line is marked, and the sentence stands below it.
const setMistake = StateEffect.define();

class Sentence extends WidgetType {
  constructor(text) {
    super();
    this.text = text;
  }

  eq(other) {
    return other.text === this.text;
  }

  toDOM() {
    const node = document.createElement("div");
    node.className = "line-problem";
    node.textContent = this.text;
    return node;
  }
}

const mistake = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMistake)) return decorate(transaction.state.doc, effect.value);
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(doc, found) {
  if (!found || found.line > doc.lines) return Decoration.none;
  const { from, to } = doc.line(found.line);
  return Decoration.set([
    Decoration.line({ class: "wrong-line" }).range(from),
    Decoration.widget({ widget: new Sentence(found.problem), block: true, side: 1 }).range(to),
  ]);
}

// Tab is not among the keys: it leaves the editor (WCAG 2.1.2), and Ctrl+] and Ctrl+[ indent.
const EXTENSIONS = [
  lineNumbers(),
  highlightSpecialChars(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  syntaxHighlighting(classHighlighter),
  yaml(),
  mistake,
  keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap]),
];
