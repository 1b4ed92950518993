package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Brings a text into the form that plans are kept by: literals lifted out, comments and blanks
 * gone, letters of names in lower case, no semicolon at the end. One pass of the lexer over a copy
 * of the bytes; used again and again by one thread, so that a text that is known allocates nothing.
 *
 * <p>Comments are kept apart: they may hold directions for the proxy.
 */
public final class Normalizer {
  /** Longer texts are not normalized: they would hold up the other sessions of the event loop. */
  public static final int MAX_LENGTH = 64 << 10;

  private static final int MAX_COMMENTS = 8;
  private static final int LARGE = 16 << 10;

  private final ByteText text = new ByteText();
  private final SqlLexer lexer = new SqlLexer("");
  private final NormalText normal = new NormalText(512);
  private final int[] comments = new int[2 * MAX_COMMENTS];
  private byte[] bytes = new byte[512];
  private int commentCount;
  private boolean readable;

  /**
   * Reads the bytes.
   *
   * @param plainBackslashes whether standard_conforming_strings is off
   * @return the normal form, valid until the next call
   */
  public NormalText read(ByteBuf buffer, int offset, int length, boolean plainBackslashes) {
    if (bytes.length < length || bytes.length > LARGE && length < LARGE) {
      bytes = new byte[Math.max(length, 512)];
    }
    buffer.getBytes(offset, bytes, 0, length);
    return read(length, plainBackslashes);
  }

  private NormalText read(int length, boolean plainBackslashes) {
    text.set(bytes, length);
    lexer.reset(text, plainBackslashes);
    normal.clear(2 * length + 2);
    commentCount = 0;
    readable = true;
    int behind = 0;
    int semicolons = 0;
    while (lexer.next()) {
      gap(behind, lexer.start());
      behind = lexer.end();
      if (lexer.kind() == TokenKind.SEMICOLON) {
        semicolons++;
      } else {
        // Those at the end stay away.
        for (; semicolons > 0; semicolons--) {
          normal.add((byte) ';');
        }
        token(lexer.kind(), lexer.start(), lexer.end());
        normal.add((byte) ' ');
      }
    }
    gap(behind, length);
    normal.finish();
    return normal;
  }

  private void token(TokenKind kind, int start, int end) {
    switch (kind) {
      case STRING, DOLLAR_STRING -> normal.add(NormalText.STRING);
      case BIT_STRING -> normal.add(NormalText.BITS);
      case NUMBER -> normal.add(NormalText.NUMBER);
      case WORD -> normal.addLower(bytes, start, end);
      case BROKEN -> readable = false;
      case QUOTED_IDENTIFIER, PARAMETER, OPERATOR, CAST, ARROW, COMMA, DOT, COLON ->
          normal.add(bytes, start, end);
      case LEFT_PAREN, RIGHT_PAREN, LEFT_BRACKET, RIGHT_BRACKET -> normal.add(bytes[start]);
      case SEMICOLON, END -> {}
    }
  }

  /** Between two tokens there are blanks and comments only; the shortest comment has two bytes. */
  private void gap(int from, int to) {
    if (to - from < 2 || commentCount == MAX_COMMENTS) {
      return;
    }
    int at = from;
    while (at < to && bytes[at] != '/' && bytes[at] != '-') {
      at++;
    }
    if (at < to) {
      comments[2 * commentCount] = at;
      comments[2 * commentCount + 1] = to;
      commentCount++;
    }
  }

  /** Whether all of the text was understood: nothing is left open in it. */
  public boolean readable() {
    return readable;
  }

  /** In how many places there are comments; of many the first ones count. */
  public int comments() {
    return commentCount;
  }

  /** Where the comments of a place begin. */
  public int commentStart(int index) {
    return comments[2 * index];
  }

  /** Where the comments of a place end. */
  public int commentEnd(int index) {
    return comments[2 * index + 1];
  }

  /** The byte of the text that was read last. */
  public byte at(int index) {
    return bytes[index];
  }

  /** The whole text that was read last. */
  public String text() {
    return text.toString();
  }

  /** The normal form of a text, for people and tests. */
  public static NormalText of(String sql) {
    Normalizer normalizer = new Normalizer();
    normalizer.bytes = sql.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int length = normalizer.bytes.length;
    normalizer.bytes = Arrays.copyOf(normalizer.bytes, Math.max(length, 1));
    return normalizer.read(length, false).copy();
  }
}
