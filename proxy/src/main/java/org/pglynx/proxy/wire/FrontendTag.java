package org.pglynx.proxy.wire;

/** Tags of messages that a client sends (PostgreSQL manual, "Message Formats", F). */
public final class FrontendTag {
  /** Bind. */
  public static final byte BIND = 'B';

  /** Close. */
  public static final byte CLOSE = 'C';

  /** CopyData, in both directions. */
  public static final byte COPY_DATA = 'd';

  /** CopyDone, in both directions. */
  public static final byte COPY_DONE = 'c';

  /** CopyFail. */
  public static final byte COPY_FAIL = 'f';

  /** Describe. */
  public static final byte DESCRIBE = 'D';

  /** Execute. */
  public static final byte EXECUTE = 'E';

  /** Flush. */
  public static final byte FLUSH = 'H';

  /** FunctionCall. */
  public static final byte FUNCTION_CALL = 'F';

  /** Parse. */
  public static final byte PARSE = 'P';

  /** PasswordMessage, SASLInitialResponse, SASLResponse. */
  public static final byte PASSWORD = 'p';

  /** Query. */
  public static final byte QUERY = 'Q';

  /** Sync. */
  public static final byte SYNC = 'S';

  /** Terminate. */
  public static final byte TERMINATE = 'X';

  /** Every tag a client may send once it is logged in. */
  public static final TagSet AFTER_LOGIN =
      TagSet.of(
          BIND,
          CLOSE,
          COPY_DATA,
          COPY_DONE,
          COPY_FAIL,
          DESCRIBE,
          EXECUTE,
          FLUSH,
          FUNCTION_CALL,
          PARSE,
          QUERY,
          SYNC,
          TERMINATE);

  private FrontendTag() {}
}
