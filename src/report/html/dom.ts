import { parseHTML } from 'linkedom';

// The page is built as a tree, never as text: what is hostile in a name stays text, or the value of an attribute.

/** An element of the page. */
export interface PageElement {
  textContent: string | null;
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<PageElement>;
  append(...children: (PageElement | string)[]): void;
}

/** A document of the library. */
export interface PageDocument {
  readonly documentElement: PageElement;
  readonly head: PageElement;
  readonly body: PageElement;
  createElement(name: string): PageElement;
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Makes the elements of one page. */
export class Page {
  readonly document: PageDocument;

  constructor() {
    const text = '<!doctype html><html><head></head><body></body></html>';
    this.document = (parseHTML(text) as unknown as { document: PageDocument }).document;
  }

  /** Makes an element. Attributes that are undefined are left out. */
  make(name: string, attributes: Attributes = {}, ...children: readonly (PageElement | string)[]): PageElement {
    const element = this.document.createElement(name);
    setAttributes(element, attributes);
    element.append(...children);
    return element;
  }

  /** Makes an element for a name, which may be in any script and direction. */
  name(text: string): PageElement {
    return this.make('bdi', {}, text);
  }
}

/** Sets attributes of an element, but for those that are undefined. */
export function setAttributes(element: PageElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, String(value));
  }
}
