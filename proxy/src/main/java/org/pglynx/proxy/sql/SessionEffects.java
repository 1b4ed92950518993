package org.pglynx.proxy.sql;

/**
 * What the statements of a text may do to their session beyond their own transaction, or need of
 * it: bits of an {@code int}, because each Query and each Parse is judged. Nearly all are {@link
 * #NONE}.
 */
public final class SessionEffects {
  /** Nothing of all this. */
  public static final int NONE = 0;

  /** SET, RESET, set_config(…, false). SET LOCAL is none: it ends with its transaction. */
  public static final int SETTING = 1;

  /** SET ROLE, SET SESSION AUTHORIZATION, and their RESET. */
  public static final int ROLE = 1 << 1;

  /** PREPARE, but not PREPARE TRANSACTION. */
  public static final int PREPARE = 1 << 2;

  /** EXECUTE, also in EXPLAIN and CREATE TABLE AS. */
  public static final int EXECUTE = 1 << 3;

  /** DEALLOCATE of one name. */
  public static final int DEALLOCATE = 1 << 4;

  /** DEALLOCATE ALL. */
  public static final int DEALLOCATE_ALL = 1 << 5;

  /** DISCARD ALL. */
  public static final int DISCARD_ALL = 1 << 6;

  /** LISTEN. */
  public static final int LISTEN = 1 << 7;

  /** UNLISTEN of a channel or of all. */
  public static final int UNLISTEN = 1 << 8;

  /** NOTIFY. */
  public static final int NOTIFY = 1 << 9;

  /** CREATE TEMP …, SELECT INTO TEMP, anything that names the schema pg_temp. */
  public static final int TEMPORARY = 1 << 10;

  /** DROP and DISCARD TEMP, which may end what {@link #TEMPORARY} began. */
  public static final int DROP = 1 << 11;

  /** DECLARE … WITH HOLD. */
  public static final int HOLD = 1 << 12;

  /** CLOSE. */
  public static final int CLOSE = 1 << 13;

  /** Functions on advisory locks of the session. */
  public static final int ADVISORY = 1 << 14;

  /** LOAD. */
  public static final int LOAD = 1 << 15;

  /** BEGIN or START TRANSACTION. */
  public static final int BEGIN = 1 << 16;

  /** DO: its block may do any of these unseen. */
  public static final int BLOCK = 1 << 17;

  /** set_config of a name that is no literal: nobody can ask the server what it was. */
  public static final int COMPUTED_NAME = 1 << 18;

  /** The text holds more than one statement. */
  public static final int SEVERAL = 1 << 19;

  /** Too long to be judged, or nothing that Postgres would parse. */
  public static final int UNCLEAR = 1 << 20;

  private SessionEffects() {}

  /** Whether any of the bits is among the effects. */
  public static boolean any(int effects, int bits) {
    return (effects & bits) != 0;
  }
}
