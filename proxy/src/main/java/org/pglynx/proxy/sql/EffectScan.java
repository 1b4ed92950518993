package org.pglynx.proxy.sql;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link SessionEffects} of a text. Comments, strings and dollar quotes do not fool it;
 * what a function or a prepared statement does inside is not seen. An instance is used by one
 * thread, for texts of whomever: judging a text allocates nothing.
 *
 * <p>After {@link #of} the single effects can be asked for, with the names they bear: of the
 * parameter, prepared statement or channel.
 */
public final class EffectScan {
  /** Longer texts that may matter are {@link SessionEffects#UNCLEAR}: they would stop the loop. */
  static final int MAX_LENGTH = 64 << 10;

  private static final String NO_TEXT = "";

  private final EffectHint hint = new EffectHint();
  private final ByteText bytes = new ByteText();
  private final FoundEffects found = new FoundEffects();
  private final EffectReader reader = new EffectReader(found);
  private CharSequence text = NO_TEXT;
  private int size;
  private int texts;

  /**
   * The effects of the bytes; names can be asked for until the next call.
   *
   * @param plainBackslashes whether standard_conforming_strings is off
   */
  public int of(ByteBuf buffer, int offset, int length, boolean plainBackslashes) {
    size = 0;
    texts++;
    if (!hint.found(buffer, offset, length)) {
      return SessionEffects.NONE;
    }
    if (length > MAX_LENGTH) {
      return SessionEffects.UNCLEAR;
    }
    bytes.set(hint.bytes(buffer, offset, length), length);
    return scan(bytes, plainBackslashes);
  }

  /** The effects of a text. */
  public int of(CharSequence newText, boolean plainBackslashes) {
    texts++;
    return scan(newText, plainBackslashes);
  }

  /** How many texts it has judged: the names are those of the last one. */
  public int texts() {
    return texts;
  }

  private int scan(CharSequence newText, boolean plainBackslashes) {
    text = newText;
    reader.read(newText, plainBackslashes);
    size = found.size();
    return found.bits();
  }

  /** How many single effects the last text had. */
  public int count() {
    return size;
  }

  /** Which the single effect is. */
  public int effect(int index) {
    return found.effect(index);
  }

  /** The number of the statement, counted from 0, that has the single effect. */
  public int statement(int index) {
    return found.statement(index);
  }

  /** Where the name of the single effect starts in the text; -1 if it bears none. */
  public int nameStart(int index) {
    return found.nameStart(index);
  }

  /** Where the name of the single effect ends. */
  public int nameEnd(int index) {
    return found.nameEnd(index);
  }

  /** The name that the single effect bears, as Postgres understands it; null if there is none. */
  public @Nullable String name(int index) {
    int from = nameStart(index);
    return from < 0 ? null : EffectName.read(text.subSequence(from, nameEnd(index)).toString());
  }

  /** The name that a piece of a text stands for. */
  public static String read(String written) {
    return EffectName.read(written);
  }
}
