package org.pglynx.proxy.session;

import java.util.List;
import java.util.stream.Collectors;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Brings sequences of several shards into step: each has given a number in the first column of a
 * statement's answer, and whose is behind is asked again until it gives the highest. Sequences come
 * apart because what is rolled back has used numbers all the same.
 */
final class SameNumbers {
  /** How often all are asked again together, before that looks like a mistake. */
  private static final int MOST = 10_000;

  /** Takes back what a shard has done, and asks anew. */
  interface Again {
    /** Its answer. */
    SqlResult of(int shard) throws PgErrorException, InterruptedException;
  }

  private final Again again;
  private int asked;

  SameNumbers(Again again) {
    this.again = again;
  }

  /**
   * Goes on until all have given the same; gives the first one's last answer.
   *
   * @throws PgErrorException if one gives the same number again: it is that of something that was
   *     made on this shard alone; or if one is too far behind
   */
  SqlResult bring(List<SqlResult> first) throws PgErrorException, InterruptedException {
    SqlResult leading = first.getFirst();
    long[] numbers = first.stream().mapToLong(SameNumbers::number).toArray();
    for (long highest = highest(numbers); !same(numbers); highest = highest(numbers)) {
      for (int shard = 0; shard < numbers.length; shard++) {
        while (numbers[shard] < highest) {
          SqlResult answer = again.of(shard);
          leading = shard == 0 ? answer : leading;
          long next = number(answer);
          if (next <= numbers[shard] || ++asked > MOST) {
            throw apart(first).toException();
          }
          numbers[shard] = next;
        }
      }
    }
    return leading;
  }

  private static long number(SqlResult result) {
    String value = result.value();
    return value == null ? 0 : Long.parseLong(value);
  }

  private static long highest(long[] numbers) {
    long highest = numbers[0];
    for (long each : numbers) {
      highest = Math.max(highest, each);
    }
    return highest;
  }

  private static boolean same(long[] numbers) {
    for (long each : numbers) {
      if (each != numbers[0]) {
        return false;
      }
    }
    return true;
  }

  private static PgError apart(List<SqlResult> first) {
    String numbers =
        first.stream().map(each -> String.valueOf(number(each))).collect(Collectors.joining(", "));
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE,
            "the shards do not know the same models: one id would be " + numbers + " on them")
        .withHint(
            "Something was trained on a shard past pglynx. DROP EXTENSION pgml CASCADE removes all"
                + " models of all shards.");
  }
}
