package org.pglynx.proxy.session;

/**
 * Whether names may mean less than they seem to. A statement that the server knows already is not
 * parsed again under the client's name; if what was sent before it in its batch fails, Postgres
 * would have skipped its Parse, and a later batch must not find the name. Within the batch no care
 * is needed: all of it is skipped.
 *
 * <pre>
 *          defined behind unanswered messages          Sync
 *   NONE ─────────────────────────────────────► BATCH ──────► DOUBT
 *     ▲                                                         │ all answered
 *     └─────────────────────────────────────────────────────────┘
 * </pre>
 */
final class NameDoubts {
  private boolean batch;
  private boolean doubt;

  /** A name was given to a statement without asking the server, behind unanswered messages. */
  void definedUnasked() {
    batch = true;
  }

  /** The batch ends. */
  void synced() {
    doubt |= batch;
    batch = false;
  }

  boolean none() {
    return !doubt;
  }

  /** All is answered, and what was skipped has been undone. */
  void resolved() {
    doubt = false;
  }
}
