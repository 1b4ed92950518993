package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * The type of a key column: reads its values as Postgres does, or not at all. What cannot be read
 * is an error, never another value: the row would be looked for where it is not.
 */
public enum KeyType {
  /** smallint. */
  INT2("smallint", Short.MIN_VALUE, Short.MAX_VALUE),
  /** integer. */
  INT4("integer", Integer.MIN_VALUE, Integer.MAX_VALUE),
  /** bigint. */
  INT8("bigint", Long.MIN_VALUE, Long.MAX_VALUE),
  /** text. */
  TEXT("text", 0, 0),
  /** varchar: as text, but it may be stored without blanks at its end. */
  VARCHAR("character varying", 0, 0),
  /** uuid. */
  UUID("uuid", 0, 0),
  /** vector, of pgvector. */
  VECTOR("vector", 0, 0),
  /** real[], of one dimension. */
  REALS("real[]", 0, 0);

  private static final int VARCHAR_ARRAY = 1015;
  private static final int UUID_ARRAY = 2951;

  private final String sqlName;
  private final long least;
  private final long greatest;

  KeyType(String sqlName, long least, long greatest) {
    this.sqlName = sqlName;
    this.least = least;
    this.greatest = greatest;
  }

  /** The name in messages and SQL. */
  public String sqlName() {
    return sqlName;
  }

  /** A value in text form, as in a quoted literal or a parameter in text format. */
  public KeyValue ofText(String text) throws PgErrorException {
    return switch (this) {
      case INT2, INT4, INT8 -> whole(text);
      case TEXT, VARCHAR -> text(text);
      case UUID -> uuid(text);
      case VECTOR, REALS -> KeyVector.ofText(this, text);
    };
  }

  /**
   * A parameter in binary format. Integers of another width than the column's are read as what they
   * are: the server compares them by value.
   */
  public KeyValue ofBinary(byte[] value) throws PgErrorException {
    return switch (this) {
      case INT2, INT4, INT8 -> binaryWhole(value);
      case TEXT, VARCHAR -> binaryText(value);
      case UUID -> binaryUuid(value);
      case VECTOR, REALS -> KeyVector.ofBinary(this, value);
    };
  }

  /**
   * The value of a row that is to be stored, which must be the same in the table: varchar(n) cuts
   * blanks off that are too much.
   */
  KeyValue stored(KeyValue value) throws PgErrorException {
    if (this == VARCHAR && value.text().endsWith(" ")) {
      throw PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "a key of type varchar may lose the blanks at its end, and with them its shard")
          .toException();
    }
    return value;
  }

  /** Whether a parameter of the type can be compared with the column as it is. */
  boolean takes(int oid) {
    return switch (this) {
      case INT2, INT4, INT8 -> oid == Oid.INT2 || oid == Oid.INT4 || oid == Oid.INT8;
      case TEXT, VARCHAR -> oid == Oid.TEXT || oid == Oid.VARCHAR;
      case UUID -> oid == Oid.UUID;
      case VECTOR -> Oid.ofSchema(oid);
      case REALS -> oid == Oid.FLOAT4_ARRAY;
    };
  }

  /** The same of an array. */
  boolean takesArray(int oid) {
    return switch (this) {
      case INT2, INT4, INT8 ->
          oid == Oid.INT2_ARRAY || oid == Oid.INT4_ARRAY || oid == Oid.INT8_ARRAY;
      case TEXT, VARCHAR -> oid == Oid.TEXT_ARRAY || oid == VARCHAR_ARRAY;
      case UUID -> oid == UUID_ARRAY;
      case VECTOR, REALS -> false;
    };
  }

  /** Whether its values are texts, which are in the client's encoding in both formats. */
  boolean characters() {
    return this == TEXT || this == VARCHAR;
  }

  /** Whether its values are points, which live where the nearest centroid does. */
  boolean point() {
    return this == VECTOR || this == REALS;
  }

  /** Whether a number without quotes can be compared with the column. */
  boolean numeric() {
    return this == INT2 || this == INT4 || this == INT8;
  }

  /** The type's number if a cast to the name leaves a value of the column what it is; else 0. */
  int cast(String name) {
    return switch (this) {
      case INT2, INT4, INT8 ->
          switch (name) {
            case "int2", "smallint" -> Oid.INT2;
            case "int4", "int", "integer" -> Oid.INT4;
            case "int8", "bigint" -> Oid.INT8;
            default -> Oid.UNSPECIFIED;
          };
      case TEXT, VARCHAR ->
          switch (name) {
            case "text" -> Oid.TEXT;
            case "varchar" -> Oid.VARCHAR;
            default -> Oid.UNSPECIFIED;
          };
      case UUID -> name.equals("uuid") ? Oid.UUID : Oid.UNSPECIFIED;
      case VECTOR -> name.equals("vector") ? Oid.FIRST_OF_SCHEMA : Oid.UNSPECIFIED;
      case REALS -> Oid.UNSPECIFIED;
    };
  }

  // ---- integers ------------------------------------------------------------------------------

  /**
   * As numutils.c: blanks around, a sign, decimal digits with single underscores, or 0x, 0o, 0b.
   */
  private KeyValue whole(String text) throws PgErrorException {
    String trimmed = trimmed(text);
    boolean negative = trimmed.startsWith("-");
    String unsigned = negative || trimmed.startsWith("+") ? trimmed.substring(1) : trimmed;
    int radix = radix(unsigned);
    String digits = radix == 10 ? unsigned : unsigned.substring(2);
    if (!wellFormed(digits, radix)) {
      throw invalid(text);
    }
    return inRange(text, digits.replace("_", ""), radix, negative);
  }

  private KeyValue inRange(String text, String digits, int radix, boolean negative)
      throws PgErrorException {
    try {
      long value = Long.parseLong(negative ? "-" + digits : digits, radix);
      if (value >= least && value <= greatest) {
        return new KeyValue.Whole(value);
      }
    } catch (NumberFormatException e) {
      // Well-formed, so beyond 64 bits.
    }
    throw PgError.error(
            SqlState.OUT_OF_RANGE, "value \"" + text + "\" is out of range for type " + sqlName)
        .toException();
  }

  private static int radix(String unsigned) {
    if (unsigned.length() < 2 || unsigned.charAt(0) != '0') {
      return 10;
    }
    return switch (unsigned.charAt(1)) {
      case 'x', 'X' -> 16;
      case 'o', 'O' -> 8;
      case 'b', 'B' -> 2;
      default -> 10;
    };
  }

  private static boolean wellFormed(String digits, int radix) {
    boolean digitBefore = radix != 10;
    for (int i = 0; i < digits.length(); i++) {
      char each = digits.charAt(i);
      boolean digit = each < 128 && Character.digit(each, radix) >= 0;
      boolean between = each == '_' && digitBefore && i + 1 < digits.length();
      if (!digit && !between) {
        return false;
      }
      digitBefore = digit;
    }
    return !digits.isEmpty() && digitBefore;
  }

  /** Without what isspace() takes for blank in the C locale. */
  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && blank(text.charAt(from))) {
      from++;
    }
    while (to > from && blank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean blank(char each) {
    return each == ' ' || each >= '\t' && each <= '\r';
  }

  private KeyValue binaryWhole(byte[] value) throws PgErrorException {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    return switch (value.length) {
      case Short.BYTES -> new KeyValue.Whole(bytes.getShort());
      case Integer.BYTES -> new KeyValue.Whole(bytes.getInt());
      case Long.BYTES -> new KeyValue.Whole(bytes.getLong());
      default -> throw invalidBinary();
    };
  }

  // ---- texts ---------------------------------------------------------------------------------

  private KeyValue text(String text) throws PgErrorException {
    if (text.indexOf('\0') >= 0) {
      throw invalid(text);
    }
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return new KeyValue.Text(bytes);
    } catch (CharacterCodingException e) {
      throw invalid(text);
    }
  }

  private KeyValue binaryText(byte[] value) throws PgErrorException {
    try {
      return text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
    } catch (CharacterCodingException e) {
      throw invalidBinary();
    }
  }

  // ---- uuids ---------------------------------------------------------------------------------

  /** As uuid.c: 32 hexadecimal digits, a hyphen behind any four of them, braces around. */
  private KeyValue uuid(String text) throws PgErrorException {
    boolean braces = text.startsWith("{");
    if (braces != text.endsWith("}") || braces && text.length() < 2) {
      throw invalid(text);
    }
    String inner = braces ? text.substring(1, text.length() - 1) : text;
    StringBuilder digits = new StringBuilder(32);
    for (int i = 0; i < inner.length(); i++) {
      char each = inner.charAt(i);
      boolean hyphen = each == '-' && i > 0 && i + 1 < inner.length();
      if (each < 128 && Character.digit(each, 16) >= 0) {
        digits.append(each);
      } else if (!hyphen || digits.length() % 4 != 0 || inner.charAt(i - 1) == '-') {
        throw invalid(text);
      }
    }
    if (digits.length() != 32) {
      throw invalid(text);
    }
    return new KeyValue.Uuid(
        new UUID(
            Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16)));
  }

  private KeyValue binaryUuid(byte[] value) throws PgErrorException {
    if (value.length != 16) {
      throw invalidBinary();
    }
    ByteBuffer bytes = ByteBuffer.wrap(value);
    return new KeyValue.Uuid(new UUID(bytes.getLong(), bytes.getLong()));
  }

  // ---- errors --------------------------------------------------------------------------------

  /** In Postgres' own words. */
  private PgErrorException invalid(String text) {
    return PgError.error(
            SqlState.INVALID_TEXT, "invalid input syntax for type " + sqlName + ": \"" + text + '"')
        .toException();
  }

  private PgErrorException invalidBinary() {
    return PgError.error(
            SqlState.INVALID_BINARY,
            "incorrect binary data format of a sharding key of type " + sqlName)
        .toException();
  }
}
