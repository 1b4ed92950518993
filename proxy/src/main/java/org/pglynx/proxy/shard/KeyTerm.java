package org.pglynx.proxy.shard;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** What a statement compares a key column with, or stores in it. */
sealed interface KeyTerm {
  /** Whether its values are those of a parameter. */
  default boolean bound() {
    return false;
  }

  /** The value is NULL. */
  KeyTerm NULL = new Null();

  /**
   * The value for this execution; null for NULL.
   *
   * @param type the column's type
   */
  @Nullable KeyValue value(KeyType type, Arguments arguments) throws PgErrorException;

  /** The elements of an array; nothing says which if it cannot be read. */
  sealed interface Elements extends KeyTerm {
    /** They are not one value. */
    @Override
    default @Nullable KeyValue value(KeyType type, Arguments arguments) {
      throw new IllegalStateException("an array has many values");
    }

    /** The values for this execution, without NULLs; null if they cannot be told. */
    @Nullable List<KeyValue> values(KeyType type, Arguments arguments) throws PgErrorException;
  }

  /** A text in quotes, which the server reads as an array of the column's type. */
  record QuotedArray(String text) implements Elements {
    @Override
    public @Nullable List<KeyValue> values(KeyType type, Arguments arguments)
        throws PgErrorException {
      return KeyArray.ofText(type, text);
    }
  }

  /** A parameter that is an array. */
  record ArrayParameter(Parameter parameter) implements Elements {
    @Override
    public boolean bound() {
      return true;
    }

    @Override
    public @Nullable List<KeyValue> values(KeyType type, Arguments arguments)
        throws PgErrorException {
      int index = parameter.index();
      byte[] value = index < arguments.count() ? arguments.values()[index] : null;
      if (value == null) {
        return List.of();
      }
      return arguments.binary(index)
          ? KeyArray.ofBinary(type, value)
          : KeyArray.ofText(type, Parameter.text(value));
    }
  }

  /** See {@link #NULL}. */
  record Null() implements KeyTerm {
    @Override
    public @Nullable KeyValue value(KeyType type, Arguments arguments) {
      return null;
    }
  }

  /** A whole number without quotes: compared by value, whatever the column's width. */
  record Number(long value) implements KeyTerm {
    @Override
    public KeyValue value(KeyType type, Arguments arguments) {
      return new KeyValue.Whole(value);
    }
  }

  /** A text in quotes, which the server reads as the column's type. */
  record Quoted(String text) implements KeyTerm {
    @Override
    public KeyValue value(KeyType type, Arguments arguments) throws PgErrorException {
      return type.ofText(text);
    }
  }

  /**
   * A parameter.
   *
   * @param index from 0
   * @param cast the type that it is cast to, or 0
   */
  record Parameter(int index, int cast) implements KeyTerm {
    @Override
    public boolean bound() {
      return true;
    }

    @Override
    public @Nullable KeyValue value(KeyType type, Arguments arguments) throws PgErrorException {
      byte[] value = index < arguments.count() ? arguments.values()[index] : null;
      if (value == null) {
        return null;
      }
      return arguments.binary(index) ? type.ofBinary(value) : type.ofText(text(value));
    }

    static String text(byte[] value) throws PgErrorException {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
      } catch (CharacterCodingException e) {
        throw PgError.error(
                SqlState.NOT_IN_REPERTOIRE,
                "invalid byte sequence for encoding \"UTF8\" in a sharding key")
            .toException();
      }
    }

    /**
     * Whether its bytes say which text it is. Without UTF-8 only those of ASCII do; all others are
     * what the server makes of them.
     */
    boolean legible(KeyType type, Arguments arguments) {
      if (arguments.utf8() || !type.characters() || index >= arguments.count()) {
        return true;
      }
      byte[] value = arguments.values()[index];
      for (int i = 0; value != null && i < value.length; i++) {
        if (value[i] < 0) {
          return false;
        }
      }
      return true;
    }

    /** Whether its type, declared or found by the server, is one that the column is compared by. */
    boolean fits(KeyType type, int[] types) {
      int declared = index < types.length ? types[index] : Oid.UNSPECIFIED;
      return declared == Oid.UNSPECIFIED || type.takes(declared);
    }

    /** The same of an array. */
    boolean fitsArray(KeyType type, int[] types) {
      int declared = index < types.length ? types[index] : Oid.UNSPECIFIED;
      return declared == Oid.UNSPECIFIED || type.takesArray(declared);
    }
  }
}
