package org.pglynx.proxy.wire;

/** Tags of messages that a server sends (PostgreSQL manual, "Message Formats", B). */
public final class BackendTag {
  /** AuthenticationXxx. */
  public static final byte AUTHENTICATION = 'R';

  /** BackendKeyData. */
  public static final byte KEY_DATA = 'K';

  /** BindComplete. */
  public static final byte BIND_COMPLETE = '2';

  /** CloseComplete. */
  public static final byte CLOSE_COMPLETE = '3';

  /** CommandComplete. */
  public static final byte COMMAND_COMPLETE = 'C';

  /** CopyBothResponse. */
  public static final byte COPY_BOTH = 'W';

  /** CopyData. */
  public static final byte COPY_DATA = 'd';

  /** CopyDone. */
  public static final byte COPY_DONE = 'c';

  /** CopyInResponse. */
  public static final byte COPY_IN = 'G';

  /** CopyOutResponse. */
  public static final byte COPY_OUT = 'H';

  /** DataRow. */
  public static final byte DATA_ROW = 'D';

  /** EmptyQueryResponse. */
  public static final byte EMPTY_QUERY = 'I';

  /** ErrorResponse. */
  public static final byte ERROR = 'E';

  /** FunctionCallResponse. */
  public static final byte FUNCTION_RESULT = 'V';

  /** NegotiateProtocolVersion. */
  public static final byte NEGOTIATE_VERSION = 'v';

  /** NoData. */
  public static final byte NO_DATA = 'n';

  /** NoticeResponse. */
  public static final byte NOTICE = 'N';

  /** NotificationResponse. */
  public static final byte NOTIFICATION = 'A';

  /** ParameterDescription. */
  public static final byte PARAMETER_DESCRIPTION = 't';

  /** ParameterStatus. */
  public static final byte PARAMETER_STATUS = 'S';

  /** ParseComplete. */
  public static final byte PARSE_COMPLETE = '1';

  /** PortalSuspended. */
  public static final byte PORTAL_SUSPENDED = 's';

  /** ReadyForQuery. */
  public static final byte READY = 'Z';

  /** RowDescription. */
  public static final byte ROW_DESCRIPTION = 'T';

  private BackendTag() {}
}
