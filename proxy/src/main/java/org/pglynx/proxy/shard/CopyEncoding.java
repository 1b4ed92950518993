package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * The encoding of a COPY's data.
 *
 * @param charset by which texts are read; null if only bytes of ASCII can be
 */
record CopyEncoding(@Nullable Charset charset) {
  /** In them a byte of ASCII may be the second one of a character, and so end no field. */
  private static final Set<String> EMBEDDING =
      Set.of("SJIS", "BIG5", "GBK", "UHC", "GB18030", "JOHAB", "SHIFTJIS2004", "WIN936", "WIN950");

  /** The encoding of the name, as PostgreSQL reads it. */
  static CopyEncoding of(String name) throws PgErrorException {
    String plain = name.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    if (EMBEDDING.contains(plain)) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "COPY is not split by row in the encoding \"" + name + "\"")
          .withHint("SET client_encoding TO UTF8, or choose a shard with SET SHARD TO n.")
          .toException();
    }
    return new CopyEncoding(
        switch (plain) {
          case "UTF8", "UNICODE" -> StandardCharsets.UTF_8;
          case "LATIN1", "ISO88591" -> StandardCharsets.ISO_8859_1;
          default -> null;
        });
  }

  /** The text of the bytes. */
  String text(byte[] bytes) throws PgErrorException {
    Charset known = charset;
    try {
      Charset used = known == null ? StandardCharsets.US_ASCII : known;
      return used.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw known == null
          ? PgError.error(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "a sharding key is a text in an encoding that is not read")
              .withHint("SET client_encoding TO UTF8.")
              .toException()
          : PgError.error(
                  SqlState.NOT_IN_REPERTOIRE,
                  "invalid byte sequence for encoding in a sharding key")
              .toException();
    }
  }
}
