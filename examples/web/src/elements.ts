// Making and finding elements. Data become text and properties, never markup: that is why nothing here takes HTML.

type Markup = "innerHTML" | "outerHTML" | "srcdoc";
type Properties<T> = Partial<Omit<T, Markup>>;

/** A new element with these properties and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The element of the page with this id. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return found;
}

/** A choice for each pair of value and label. */
export function choices(pairs: Iterable<readonly [string, string]>): HTMLOptionElement[] {
  return Array.from(pairs, ([value, label]) => element("option", { value }, label));
}

/** What people read of an error. */
export function told(error: unknown): string {
  // `fetch` throws this when there is no answer at all.
  if (error instanceof TypeError) return "The server cannot be reached. Try again in a moment.";
  return error instanceof Error ? error.message : String(error);
}
