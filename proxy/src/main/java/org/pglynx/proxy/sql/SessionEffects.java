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

  /** Functions that take advisory locks of the session. */
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

  /** Functions that release advisory locks of the session. */
  public static final int UNLOCK = 1 << 21;

  /** RESET, SET … TO DEFAULT, DISCARD ALL: a parameter has the value of the login again. */
  public static final int RESETS = 1 << 22;

  /**
   * Calls of currval and lastval, in a text without nextval: they need the very session that has
   * advanced the sequence.
   */
  public static final int SEQUENCE = 1 << 23;

  private SessionEffects() {}

  /** The effects of a function of Postgres' own, called by its number (pg_proc.dat). */
  public static int ofFunction(int oid) {
    return switch (oid) {
      // set_config; nobody looks at its arguments.
      case 2078 -> SETTING | COMPUTED_NAME;
      case 2880, 2881, 2882, 2883, 2886, 2887, 2888, 2889 -> ADVISORY;
      case 2884, 2885, 2890, 2891, 2892 -> UNLOCK;
      // currval, lastval.
      case 1575, 2559 -> SEQUENCE;
      default -> NONE;
    };
  }

  /** Whether any of the bits is among the effects. */
  public static boolean any(int effects, int bits) {
    return (effects & bits) != 0;
  }
}
