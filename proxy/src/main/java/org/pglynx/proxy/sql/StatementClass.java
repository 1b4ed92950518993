package org.pglynx.proxy.sql;

/** What a statement does, as far as it matters for where it may run. */
public enum StatementClass {
  /** Nothing: no statement at all. */
  EMPTY,
  /** Reads, provided that the functions it calls do no more. */
  READ,
  /** Changes data, locks rows, or may do so. */
  WRITE,
  /** Changes the schema. */
  DEFINE,
  /** Begins a transaction that may do what the session's default says. */
  BEGIN,
  /** Begins a transaction that writes, or that no standby could begin. */
  BEGIN_WRITE,
  /** Begins a transaction that may only read, at a level that a standby has. */
  BEGIN_READ_ONLY,
  /** Ends a transaction, or a part of one. */
  TRANSACTION,
  /** Concerns the session: parameters, prepared statements, cursors, channels. */
  SESSION,
  /** Asks what only the one server can say that it means: its own state. */
  SERVER,
  /** Several statements, of which one is no read. */
  SEVERAL,
  /** Cannot be read: something is not closed, or no statement begins with this word. */
  UNREADABLE;

  /** Whether it leaves nothing but its answer, as long as its functions do. */
  public boolean reads() {
    return this == READ || this == EMPTY;
  }
}
