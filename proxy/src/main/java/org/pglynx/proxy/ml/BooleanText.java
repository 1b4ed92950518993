package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Locale;
import org.pglynx.proxy.wire.PgErrorException;

/** Booleans in the spellings that boolin takes: unique prefixes, case and blanks do not matter. */
final class BooleanText {
  private static final List<String> TRUE = List.of("true", "yes", "on", "1");
  private static final List<String> FALSE = List.of("false", "no", "off", "0");

  private BooleanText() {}

  static boolean parse(String text) throws PgErrorException {
    String word = text.trim().toLowerCase(Locale.ROOT);
    boolean isTrue = prefixOf(TRUE, word);
    boolean isFalse = prefixOf(FALSE, word);
    if (isTrue == isFalse) {
      throw CallValues.invalid("boolean", text).toException();
    }
    return isTrue;
  }

  // "o" is the prefix of both on and off, and so of neither.
  private static boolean prefixOf(List<String> words, String word) {
    return !word.isEmpty() && words.stream().anyMatch(w -> w.startsWith(word));
  }
}
