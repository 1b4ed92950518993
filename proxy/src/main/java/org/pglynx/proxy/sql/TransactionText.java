package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;

/**
 * Tells the texts that only begin or end a transaction, and whose outcome no server needs to be
 * asked for (PostgreSQL's grammar, TransactionStmt). Confined to one thread, and used again and
 * again: a look allocates nothing.
 *
 * <p>Modes that a server may refuse are none of these: a standby knows neither READ WRITE nor
 * SERIALIZABLE.
 */
public final class TransactionText {
  /** What a text is. */
  public enum Kind {
    /** Anything else. */
    OTHER,
    /** BEGIN, with its modes. */
    BEGIN,
    /** START TRANSACTION, with its modes. */
    START,
    /** COMMIT or END, without AND CHAIN. */
    COMMIT,
    /** ROLLBACK or ABORT, without AND CHAIN. */
    ROLLBACK
  }

  private static final int MAX_LENGTH = 512;

  private final byte[] bytes = new byte[MAX_LENGTH];
  private final ByteText text = new ByteText();
  private final SqlLexer lexer = new SqlLexer("");

  /** What the bytes are; a long text is {@link Kind#OTHER}. */
  public Kind of(ByteBuf buffer, int offset, int length) {
    if (length > MAX_LENGTH) {
      return Kind.OTHER;
    }
    buffer.getBytes(offset, bytes, 0, length);
    text.set(bytes, length);
    lexer.reset(text, false);
    lexer.next();
    Kind kind = first();
    while (lexer.kind() == TokenKind.SEMICOLON) {
      lexer.next();
    }
    return lexer.kind() == TokenKind.END ? kind : Kind.OTHER;
  }

  /** Reads the statement; whatever of it is not understood is left to be read. */
  private Kind first() {
    if (took("begin")) {
      work();
      return modes() ? Kind.BEGIN : Kind.OTHER;
    }
    if (took("start")) {
      return took("transaction") && modes() ? Kind.START : Kind.OTHER;
    }
    if (took("commit") || took("end")) {
      return ended() ? Kind.COMMIT : Kind.OTHER;
    }
    if (took("rollback") || took("abort")) {
      return ended() ? Kind.ROLLBACK : Kind.OTHER;
    }
    return Kind.OTHER;
  }

  private void work() {
    if (!took("work")) {
      took("transaction");
    }
  }

  private boolean ended() {
    work();
    return !took("and") || (took("no") && took("chain"));
  }

  /** Modes with or without commas between them; false if they end in a comma or amid one. */
  private boolean modes() {
    boolean whole = true;
    boolean more = lexer.kind() == TokenKind.WORD;
    while (more) {
      whole = mode();
      boolean comma = lexer.kind() == TokenKind.COMMA;
      if (comma) {
        lexer.next();
      }
      more = whole && (comma || lexer.kind() == TokenKind.WORD);
    }
    return whole;
  }

  private boolean mode() {
    if (took("read")) {
      return took("only");
    }
    if (took("isolation")) {
      return took("level") && level();
    }
    took("not");
    return took("deferrable");
  }

  private boolean level() {
    if (took("repeatable")) {
      return took("read");
    }
    return took("read") && (took("committed") || took("uncommitted"));
  }

  /** Goes behind the key word if it is next. */
  private boolean took(String lower) {
    boolean is =
        lexer.kind() == TokenKind.WORD && EffectName.same(text, lexer.start(), lexer.end(), lower);
    if (is) {
      lexer.next();
    }
    return is;
  }
}
