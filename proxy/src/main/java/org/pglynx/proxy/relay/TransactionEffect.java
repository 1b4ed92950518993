package org.pglynx.proxy.relay;

/** What a statement does to the transaction that it is in. */
public enum TransactionEffect {
  /** Nothing, but for what it reads and writes. */
  NONE,
  /** BEGIN. */
  BEGINS,
  /** COMMIT, without AND CHAIN. */
  COMMITS,
  /** Whatever else ends it. */
  ENDS,
  /**
   * It changes what later statements of the transaction meet: SAVEPOINT, SET LOCAL and the like.
   */
  SHAPES,
  /** It changes that in a way that no other server could be given. */
  MARKS,
  /** Several statements, one of which is of the kinds above; AND CHAIN ends it and begins one. */
  SEVERAL
}
