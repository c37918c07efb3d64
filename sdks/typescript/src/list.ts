// Lists, page by page and row by row.

/** What every page has. */
export interface PageOf<Row> {
  data: Row[];
  next_cursor: string | null;
}

/** How a page is read: at a cursor, or from the start; `whole` when all pages will be. */
export type ReadPage<Page> = (cursor: string | null, whole: boolean) => Promise<Page>;

/**
 * A list. `for await` goes over every row, whatever the number of pages; `await` reads the first page alone. Nothing is
 * sent before one of the two. A row that keeps its place in the order is met exactly once.
 */
export class List<Row, Page extends PageOf<Row> = PageOf<Row>> implements PromiseLike<Page>, AsyncIterable<Row> {
  readonly #read: ReadPage<Page>;

  constructor(read: ReadPage<Page>) {
    this.#read = read;
  }

  then<A = Page, B = never>(
    onPage?: ((page: Page) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#read(null, false).then(onPage, onError);
  }

  /** Every page: for `last_sequence`, `erased_ids` or `total_count`. */
  async *pages(): AsyncGenerator<Page, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page = await this.#read(cursor, true);
      yield page;
      cursor = page.next_cursor;
    } while (cursor !== null);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }

  /** The rows in one array, at most `limit` of them. */
  async toArray({ limit = Infinity }: { limit?: number } = {}): Promise<Row[]> {
    const rows: Row[] = [];
    if (limit <= 0) return rows;
    for await (const row of this) {
      if (rows.push(row) >= limit) break;
    }
    return rows;
  }
}
