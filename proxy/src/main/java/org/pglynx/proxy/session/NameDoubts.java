package org.pglynx.proxy.session;

/**
 * Whether names may mean less than they seem to. If a Parse fails, or what was sent before it in
 * its batch does, a later batch must not find the name: the server would tell the client of a
 * statement under a name that the client has never heard. Within the batch no care is needed: all
 * of it is skipped.
 *
 * <pre>
 *          a name is defined          Sync
 *   NONE ─────────────────────► BATCH ──────► DOUBT
 *     ▲                                         │ all answered
 *     └─────────────────────────────────────────┘
 * </pre>
 */
final class NameDoubts {
  private boolean batch;
  private boolean doubt;

  /** A name was given to a statement; the server's answer is outstanding. */
  void defined() {
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

  /** All is answered up to the last Sync, and what was skipped has been undone. */
  void resolved() {
    doubt = false;
  }
}
