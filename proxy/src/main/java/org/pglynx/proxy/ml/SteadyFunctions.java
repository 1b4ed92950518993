package org.pglynx.proxy.ml;

import java.util.Set;
import org.pglynx.proxy.sql.StatementFacts;
import org.pglynx.proxy.sql.StatementReader;

/**
 * Functions that do nothing but compute, stable or immutable in pg_proc: it does not matter for how
 * many rows they are called. One that a user has defined under such a name is on its own.
 */
final class SteadyFunctions {
  private static final Set<String> KNOWN =
      Set.of(
          """
          abs acos asin atan atan2 cbrt ceil ceiling cos cot degrees div exp factorial floor gcd lcm
          ln log log10 mod pi power radians round sign sin sqrt tan trunc width_bucket
          ascii bit_length btrim char_length character_length chr concat concat_ws format initcap
          left length lower lpad ltrim md5 octet_length quote_ident quote_literal quote_nullable
          regexp_count regexp_like regexp_match regexp_replace regexp_substr repeat replace reverse
          right rpad rtrim split_part starts_with strpos substr to_hex translate upper encode decode
          sha256
          array_append array_cat array_length array_position array_remove array_to_string
          cardinality string_to_array
          age date_part date_trunc isfinite justify_days justify_hours make_date make_interval
          make_timestamp now timezone to_char to_date to_number to_timestamp
          json_array_length json_build_array json_build_object json_extract_path
          json_extract_path_text json_typeof jsonb_array_length jsonb_build_array
          jsonb_build_object jsonb_extract_path jsonb_extract_path_text jsonb_typeof row_to_json
          to_json to_jsonb
          num_nonnulls num_nulls pg_typeof
          array_agg avg bit_and bit_or bool_and bool_or count every json_agg jsonb_agg max min
          stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance
          cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
          row_number
          cosine_similarity distance_l1 distance_l2 dot_product norm_l1 norm_l2 norm_max
          normalize_l1 normalize_l2 normalize_max
          """
              .trim()
              .split("\\s+"));

  private SteadyFunctions() {}

  /** Whether an expression calls no others. */
  static boolean suffice(String expression) {
    StatementFacts facts = StatementReader.read("SELECT " + expression);
    // Of what cannot be read calls are not told.
    return facts.kind().reads() && KNOWN.containsAll(facts.calls());
  }
}
