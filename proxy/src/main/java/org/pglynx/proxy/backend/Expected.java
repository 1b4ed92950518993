package org.pglynx.proxy.backend;

import org.pglynx.proxy.wire.FrontendTag;

/**
 * Entries of the {@link ReplyRing}: frontend tags for frames whose replies simply pass on, and the
 * codes below for the rest.
 */
final class Expected {
  /** No entry. */
  static final byte NONE = 0;

  /** No frame was sent: ParseComplete is made up here. */
  static final byte FAKE_PARSE = 1;

  /** No frame was sent: CloseComplete is made up here. */
  static final byte FAKE_CLOSE = 2;

  /** A Query that fails the transaction; its replies are swallowed. */
  static final byte FAIL_QUERY = 3;

  /** A Bind that fails the batch; its error is swallowed. */
  static final byte FAIL_BIND = 4;

  /** A Query that applies the client's parameters; if it fails, all fails that came behind it. */
  static final byte APPLY = 5;

  /** The client's Parse of a named statement. */
  static final byte NAMED_PARSE = 6;

  /** A Parse of our own, ahead of a Bind or Describe; its ParseComplete is swallowed. */
  static final byte INJECTED_PARSE = 7;

  /** A Close of our own; its CloseComplete is swallowed. */
  static final byte INJECTED_CLOSE = 8;

  /** A Describe whose RowDescription is rewritten. */
  static final byte DESCRIBE_REWRITTEN = 9;

  /** An Execute whose rows are rewritten. */
  static final byte EXECUTE_REWRITTEN = 10;

  /**
   * A Query whose rows are rewritten, be it sent as one or as messages of the extended protocol.
   */
  static final byte QUERY_REWRITTEN = 11;

  /** A Query that cleans the connection between two clients; its replies are swallowed. */
  static final byte RESET = 12;

  /** As {@link #FAIL_QUERY}, but its ReadyForQuery is the one that the client waits for. */
  static final byte FAIL_QUERY_SHOWN = 13;

  /** A Query of the proxy's own whose rows are wanted: an {@code Inquiry}. */
  static final byte INQUIRY = 14;

  /** A Sync of our own, behind {@link #INJECTED_PARSE}; its ReadyForQuery is swallowed. */
  static final byte INJECTED_SYNC = 15;

  /** Parse of a BEGIN of which the client was told before; its replies are swallowed. */
  static final byte BEGIN_PARSE = 16;

  /** The Bind behind {@link #BEGIN_PARSE}. */
  static final byte BEGIN_BIND = 17;

  /** The Execute behind {@link #BEGIN_BIND}. */
  static final byte BEGIN_EXECUTE = 18;

  /** A Close of the portal or of the statement of such a BEGIN. */
  static final byte BEGIN_CLOSE = 19;

  /** A Describe of our own, behind a Parse of a shared statement; its replies are swallowed. */
  static final byte INJECTED_DESCRIBE = 20;

  /** The client's Parse of a text that is sent rewritten; places in its error are turned back. */
  static final byte PARSE_REWRITTEN = 21;

  private static final int SWALLOWED = 1;
  private static final int SHOWS_READY = 2;
  private static final int REWRITES = 4;
  private static final int SETTLES = 8;

  /** What each entry is, of the words above. */
  private static final byte[] TRAITS = traits();

  private Expected() {}

  private static byte[] traits() {
    byte[] traits = new byte[Byte.MAX_VALUE + 1];
    mark(traits, SWALLOWED, APPLY, FAIL_QUERY, FAIL_QUERY_SHOWN, RESET, INQUIRY);
    mark(traits, SHOWS_READY, FrontendTag.QUERY, FrontendTag.SYNC, FrontendTag.FUNCTION_CALL);
    mark(traits, SHOWS_READY, QUERY_REWRITTEN, FAIL_QUERY_SHOWN);
    mark(traits, REWRITES, DESCRIBE_REWRITTEN, EXECUTE_REWRITTEN, QUERY_REWRITTEN);
    mark(traits, REWRITES, PARSE_REWRITTEN);
    mark(traits, SETTLES, FAKE_PARSE, FAKE_CLOSE, FrontendTag.COPY_DONE, FrontendTag.COPY_FAIL);
    return traits;
  }

  private static void mark(byte[] traits, int trait, byte... entries) {
    for (byte entry : entries) {
      traits[entry] |= (byte) trait;
    }
  }

  /** Whether the proxy has asked, so that what has no meaning of its own is not passed on. */
  static boolean swallowed(byte entry) {
    return (TRAITS[entry] & SWALLOWED) != 0;
  }

  /** Whether its ReadyForQuery is one that the client waits for. */
  static boolean showsReady(byte entry) {
    return (TRAITS[entry] & SHOWS_READY) != 0;
  }

  /** Whether its replies are rewritten. */
  static boolean rewrites(byte entry) {
    return (TRAITS[entry] & REWRITES) != 0;
  }

  /** Whether it is answered without the server, once it is at the head. */
  static boolean settles(byte entry) {
    return (TRAITS[entry] & SETTLES) != 0;
  }

  /** The entry for a Query, Parse, Describe or Execute whose replies are rewritten. */
  static byte rewritten(byte frontendTag) {
    return switch (frontendTag) {
      case FrontendTag.QUERY -> QUERY_REWRITTEN;
      case FrontendTag.EXECUTE -> EXECUTE_REWRITTEN;
      case FrontendTag.PARSE -> PARSE_REWRITTEN;
      default -> DESCRIBE_REWRITTEN;
    };
  }
}
