import Pagination from '@cloudscape-design/components/pagination';
import { useState } from 'react';

export interface Pages<T> {
  readonly items: readonly T[];
  /** Absent where everything fits on one page. */
  readonly pagination: React.ReactNode;
}

/**
 * Cuts a long list into pages: a table stays quick however much there is to show.
 * @param filter what the list was filtered by: another filter begins at the first page again
 */
export function usePages<T>(all: readonly T[], size: number, label: string, filter = ''): Pages<T> {
  const [turned, setTurned] = useState({ filter, page: 1 });
  const wanted = turned.filter === filter ? turned.page : 1;
  const count = Math.max(1, Math.ceil(all.length / size));
  // The list may have become shorter, by a filter for instance.
  const page = Math.min(wanted, count);
  const pagination =
    count === 1 ? undefined : (
      <Pagination
        currentPageIndex={page}
        pagesCount={count}
        onChange={({ detail }) => setTurned({ filter, page: detail.currentPageIndex })}
        ariaLabels={{
          paginationLabel: label,
          nextPageLabel: 'Next page',
          previousPageLabel: 'Previous page',
          pageLabel: (number) => `Page ${number}`,
        }}
      />
    );
  return { items: all.slice((page - 1) * size, page * size), pagination };
}
