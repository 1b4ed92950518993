package org.pglynx.proxy.shard;

import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/**
 * Functions of Postgres that say the same of a row wherever it is. Aggregates are not among them,
 * nor what reads tables, counts, or is random.
 */
final class ScatterFunctions {
  /** By name; one that a user has defined under such a name is on its own. */
  static final Set<String> KNOWN =
      Set.of(
          """
          abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees div exp factorial floor gcd lcm
          ln log log10 min_scale mod pi power radians round scale sign sin sind sinh sqrt tan tand
          tanh trim_scale trunc width_bucket
          ascii bit_length btrim char_length character_length chr concat concat_ws initcap left
          format length lower lpad ltrim md5 octet_length quote_ident quote_literal quote_nullable
          normalize parse_ident regexp_count regexp_instr regexp_like regexp_match regexp_replace
          regexp_split_to_array regexp_substr repeat replace reverse right rpad
          rtrim split_part starts_with strpos substr to_hex translate upper encode decode sha224
          sha256 sha384 sha512 bit_count get_bit get_byte set_bit set_byte convert_from convert_to
          array_append array_cat array_dims array_length array_lower array_ndims array_position
          array_positions array_prepend array_remove array_replace array_to_string array_upper
          cardinality string_to_array trim_array
          age date_bin date_part date_trunc isfinite justify_days justify_hours justify_interval make_date make_interval
          make_time make_timestamp make_timestamptz timezone to_char to_date to_number to_timestamp
          jsonb_array_length jsonb_extract_path jsonb_extract_path_text jsonb_typeof
          json_array_length json_extract_path json_extract_path_text json_typeof to_json to_jsonb
          row_to_json array_to_json jsonb_build_array jsonb_build_object json_build_array
          json_build_object jsonb_concat jsonb_insert jsonb_path_exists jsonb_path_match
          jsonb_path_query_first jsonb_pretty jsonb_set jsonb_strip_nulls json_strip_nulls
          now num_nonnulls num_nulls statement_timestamp transaction_timestamp
          """
              .trim()
              .split("\\s+"));

  /** Aggregates of Postgres. */
  static final Set<String> AGGREGATES =
      Set.of(
          """
          array_agg avg bit_and bit_or bool_and bool_or count every json_agg jsonb_agg max min
          stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
          """
              .trim()
              .split("\\s+"));

  /**
   * Models are the same on all shards, and look at their features only; so do vectors' functions.
   */
  private static final Set<String> OF_PGML =
      Set.of(
          """
          predict predict_proba predict_joint predict_label decompose
          cosine_similarity distance_l1 distance_l2 dot_product norm_l0 norm_l1 norm_l2 norm_max
          normalize_l1 normalize_l2 normalize_max
          """
              .trim()
              .split("\\s+"));

  private static final String UNIQUE_ID = "unique_id";

  private ScatterFunctions() {}

  /** Whether it is one of those wherever the statement calls it, or may call it. */
  static boolean known(String call, SqlTokens tokens, TokenRange range) {
    return KNOWN.contains(call)
        || OF_PGML.contains(call) && calls(call, tokens, range, at -> ofSchemaPgml(tokens, at))
        || call.equals(UNIQUE_ID) && calls(call, tokens, range, at -> uniqueId(tokens, at));
  }

  private static boolean calls(
      String call, SqlTokens tokens, TokenRange range, IntPredicate wanted) {
    return IntStream.range(range.from(), range.to())
        .filter(at -> tokens.name(at) && tokens.identifier(at).equals(call))
        .allMatch(wanted);
  }

  /**
   * Whether the token is the name of {@code pglynx.unique_id()}, which each shard has with numbers
   * of its own.
   */
  static boolean uniqueId(SqlTokens tokens, int at) {
    return tokens.identifier(at).equals(UNIQUE_ID) && ofSchema("pglynx", tokens, at);
  }

  static boolean ofSchemaPgml(SqlTokens tokens, int at) {
    return ofSchema("pgml", tokens, at);
  }

  private static boolean ofSchema(String schema, SqlTokens tokens, int at) {
    return tokens.is(at + 1, TokenKind.LEFT_PAREN)
        && tokens.is(at - 1, TokenKind.DOT)
        && tokens.name(at - 2)
        && tokens.identifier(at - 2).equals(schema)
        && !tokens.is(at - 3, TokenKind.DOT);
  }
}
