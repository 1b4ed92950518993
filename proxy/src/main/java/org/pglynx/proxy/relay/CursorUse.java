package org.pglynx.proxy.relay;

/**
 * What a statement does with a cursor.
 *
 * @param name of the cursor
 * @param kind what it does
 */
public record CursorUse(String name, Kind kind) {
  /** See {@link CursorUse}. */
  public enum Kind {
    /** DECLARE. */
    DECLARES,
    /** DECLARE … WITH HOLD: it is there after the transaction, too. */
    HOLDS,
    /** FETCH, MOVE or CLOSE. */
    USES
  }
}
