// Notes that were typed and not saved yet. They outlive the dialog, a failed save, a change of page and a reload, and go
// when they are saved or thrown away. The tab keeps them, for the person who typed them.

const common = "daybook.draft.";

/** The drafts of one person, by the id of the trade: `{ text, base, tag, name }`. */
export function draftsOf(person) {
  const prefix = `${common}${person}.`;
  /** Also where the browser keeps nothing, or no more. */
  const drafts = new Map();
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(prefix)) drafts.set(key.slice(prefix.length), JSON.parse(sessionStorage.getItem(key)));
    }
  } catch {
    // Then there are those of this page only.
  }
  // The browser asks before they go with the tab.
  addEventListener("beforeunload", (event) => {
    if (drafts.size > 0) event.preventDefault();
  });

  return {
    find: (id) => drafts.get(id) ?? null,
    list: () => [...drafts].map(([id, { name }]) => ({ id, name })),

    keep(id, draft) {
      drafts.set(id, draft);
      try {
        sessionStorage.setItem(prefix + id, JSON.stringify(draft));
      } catch {
        // The page still has it, and the browser asks before it goes.
      }
    },

    drop(id) {
      drafts.delete(id);
      try {
        sessionStorage.removeItem(prefix + id);
      } catch {
        // There was nothing to remove.
      }
    },
  };
}
