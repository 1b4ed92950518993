package org.pglynx.proxy.relay;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.WireText;

/**
 * What the bytes of a client's texts are (manual, section 23.3).
 *
 * @param name as the client or the server calls it
 * @param canonical in capitals, without anything between letters and digits
 */
public record ClientEncoding(String name, String canonical) {
  /** UTF-8. */
  public static final ClientEncoding UTF8 = new ClientEncoding("UTF8", "UTF8");

  /** In these the second byte of a character may be a backslash or a letter (mb/encnames.c). */
  private static final Set<String> MULTIBYTE =
      Set.of("BIG5", "GBK", "UHC", "GB18030", "SJIS", "SHIFTJIS2004", "JOHAB");

  /** Where Java calls them otherwise. */
  private static final Map<String, String> CHARSETS =
      Map.ofEntries(
          Map.entry("LATIN1", "ISO-8859-1"),
          Map.entry("LATIN2", "ISO-8859-2"),
          Map.entry("LATIN3", "ISO-8859-3"),
          Map.entry("LATIN4", "ISO-8859-4"),
          Map.entry("LATIN5", "ISO-8859-9"),
          Map.entry("LATIN6", "ISO-8859-10"),
          Map.entry("LATIN7", "ISO-8859-13"),
          Map.entry("LATIN8", "ISO-8859-14"),
          Map.entry("LATIN9", "ISO-8859-15"),
          Map.entry("LATIN10", "ISO-8859-16"),
          Map.entry("ISO88595", "ISO-8859-5"),
          Map.entry("ISO88596", "ISO-8859-6"),
          Map.entry("ISO88597", "ISO-8859-7"),
          Map.entry("ISO88598", "ISO-8859-8"),
          Map.entry("WIN866", "IBM866"),
          Map.entry("WIN874", "x-windows-874"),
          Map.entry("WIN1250", "windows-1250"),
          Map.entry("WIN1251", "windows-1251"),
          Map.entry("WIN1252", "windows-1252"),
          Map.entry("WIN1253", "windows-1253"),
          Map.entry("WIN1254", "windows-1254"),
          Map.entry("WIN1255", "windows-1255"),
          Map.entry("WIN1256", "windows-1256"),
          Map.entry("WIN1257", "windows-1257"),
          Map.entry("WIN1258", "windows-1258"),
          Map.entry("KOI8R", "KOI8-R"),
          Map.entry("KOI8U", "KOI8-U"),
          Map.entry("EUCJP", "EUC-JP"),
          Map.entry("EUCCN", "GB2312"),
          Map.entry("EUCKR", "EUC-KR"),
          Map.entry("EUCTW", "x-EUC-TW"),
          Map.entry("SJIS", "windows-31j"),
          Map.entry("SHIFTJIS2004", "x-SJIS_0213"),
          Map.entry("BIG5", "Big5"),
          Map.entry("GBK", "GBK"),
          Map.entry("UHC", "x-windows-949"),
          Map.entry("GB18030", "GB18030"),
          Map.entry("JOHAB", "x-Johab"));

  private static final Pattern BETWEEN = Pattern.compile("[^A-Za-z0-9]");
  private static final String BYTES = "SQLASCII";

  /**
   * The encoding of a client.
   *
   * @param client its client_encoding
   * @param server the server_encoding, which is the client's where that converts nothing
   */
  public static ClientEncoding of(String client, String server) {
    String canonical = canonical(client);
    return new ClientEncoding(client, canonical.equals(BYTES) ? canonical(server) : canonical);
  }

  /** As the server compares names; old names are told by it as today's. */
  private static String canonical(String name) {
    String canonical = BETWEEN.matcher(name).replaceAll("").toUpperCase(Locale.ROOT);
    return canonical.equals("UNICODE") ? UTF8.canonical : canonical;
  }

  /** Whether the bytes are UTF-8. */
  public boolean utf8() {
    return canonical.equals(UTF8.canonical);
  }

  /** Whether each byte below 128 is the character of ASCII. */
  public boolean bytewise() {
    return !MULTIBYTE.contains(canonical);
  }

  /**
   * An error or notice whose texts become bytes of this encoding when they are written. What it
   * does not have is a question mark.
   */
  public PgError told(PgError error) {
    return utf8() || canonical.equals(BYTES)
        ? error
        : new PgError(
            error.severity(),
            error.code(),
            told(error.message()),
            optional(error.detail()),
            optional(error.hint()),
            error.routine());
  }

  private @Nullable String optional(@Nullable String text) {
    return text == null ? null : told(text);
  }

  private String told(String text) {
    // What is no UTF-8 has come from a client or server of the encoding.
    if (text.chars().allMatch(c -> c < 128) || WireText.isEscaped(text)) {
      return text;
    }
    byte[] bytes = text.getBytes(charset());
    return WireText.decode(bytes, 0, bytes.length);
  }

  private Charset charset() {
    String name = CHARSETS.get(canonical);
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : StandardCharsets.US_ASCII;
  }
}
