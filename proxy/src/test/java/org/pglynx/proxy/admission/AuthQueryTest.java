package org.pglynx.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Unit: when a server is asked, and what its answers mean. */
class AuthQueryTest {
  private record Asked(String user, CompletableFuture<List<@Nullable String[]>> answer) {}

  private final ArrayDeque<Asked> asked = new ArrayDeque<>();
  private long nowMillis;
  private final AuthQuery query =
      new AuthQuery(
          user -> {
            Asked question = new Asked(user, new CompletableFuture<>());
            asked.add(question);
            return question.answer();
          },
          Runnable::run,
          () -> TimeUnit.MILLISECONDS.toNanos(nowMillis),
          1_000,
          2);

  private void answers(@Nullable String... row) {
    List<@Nullable String[]> rows = new ArrayList<>();
    if (row.length > 0) {
      rows.add(row);
    }
    asked.remove().answer().complete(rows);
  }

  private static KnownSecret result(CompletionStage<KnownSecret> answer) {
    return answer.toCompletableFuture().join();
  }

  private static PgError failure(CompletionStage<KnownSecret> answer) {
    return answer
        .handle((known, failure) -> ((PgErrorException) failure).error())
        .toCompletableFuture()
        .join();
  }

  @Test
  void an_answer_is_remembered_for_a_while() {
    CompletionStage<KnownSecret> first = query.find("anna");
    answers("anna", "secret");
    assertThat(result(first))
        .isEqualTo(new KnownSecret(true, new StoredSecret.Plain("secret"), false));
    nowMillis = 999;
    assertThat(result(query.find("anna")).remembered()).isTrue();
    assertThat(asked).isEmpty();
    nowMillis = 1_000;
    query.find("anna");
    assertThat(asked).hasSize(1);
  }

  @Test
  void that_there_is_no_such_user_is_remembered_too() {
    query.find("stranger");
    answers();
    assertThat(result(query.find("stranger"))).isEqualTo(new KnownSecret(false, null, true));
    assertThat(asked).isEmpty();
  }

  @Test
  void asking_again_passes_the_memory_by_and_renews_it() {
    query.find("anna");
    answers("anna", "old");
    CompletionStage<KnownSecret> again = query.ask("anna");
    answers("anna", "new");
    assertThat(result(again).secret()).isEqualTo(new StoredSecret.Plain("new"));
    assertThat(result(query.find("anna")).secret()).isEqualTo(new StoredSecret.Plain("new"));
  }

  @Test
  void so_many_questions_are_under_way_and_the_others_queue() {
    for (int i = 0; i < 50; i++) {
      query.find("user" + i);
    }
    assertThat(asked).extracting(Asked::user).containsExactly("user0", "user1");
    answers();
    assertThat(asked).extracting(Asked::user).containsExactly("user1", "user2");
  }

  @Test
  void a_user_has_one_place_in_the_queue() {
    query.find("a");
    query.find("b");
    List<CompletionStage<KnownSecret>> same = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      same.add(query.find("anna"));
    }
    answers();
    answers();
    assertThat(asked).extracting(Asked::user).containsExactly("anna");
    answers("anna", "secret");
    assertThat(same).allSatisfy(each -> assertThat(result(each).exists()).isTrue());
    assertThat(asked).isEmpty();
  }

  @Test
  void a_login_does_not_join_a_question_that_began_before_it() {
    CompletionStage<KnownSecret> before = query.find("anna");
    CompletionStage<KnownSecret> after = query.ask("anna");
    assertThat(asked).hasSize(2);
    answers("anna", "old");
    answers("anna", "new");
    assertThat(result(before).secret()).isEqualTo(new StoredSecret.Plain("old"));
    assertThat(result(after).secret()).isEqualTo(new StoredSecret.Plain("new"));
  }

  @Test
  void an_answer_about_somebody_else_is_a_fault_CVE_2015_6817() {
    CompletionStage<KnownSecret> answer = query.find("stranger");
    answers("asking", "secret");
    assertThat(failure(answer).code()).isEqualTo("XX000");
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void an_answer_of_another_shape_is_a_fault(int columns) {
    CompletionStage<KnownSecret> answer = query.find("anna");
    String[] row = new String[columns];
    row[0] = "anna";
    answers(row);
    assertThat(failure(answer).code()).isEqualTo("XX000");
  }

  @Test
  void two_rows_are_a_fault() {
    CompletionStage<KnownSecret> answer = query.find("anna");
    asked
        .remove()
        .answer()
        .complete(List.of(new String[] {"anna", "a"}, new String[] {"anna", "b"}));
    assertThat(failure(answer).code()).isEqualTo("XX000");
  }

  @Test
  void no_password_is_a_user_that_no_password_fits() {
    CompletionStage<KnownSecret> answer = query.find("anna");
    answers("anna", null);
    assertThat(result(answer)).isEqualTo(new KnownSecret(true, null, false));
  }

  @Test
  void a_server_that_cannot_be_reached_is_told_and_not_remembered() {
    CompletionStage<KnownSecret> answer = query.find("anna");
    asked
        .remove()
        .answer()
        .completeExceptionally(
            PgError.error(SqlState.CANNOT_CONNECT, "cannot connect to 10.1.1.1").toException());
    assertThat(failure(answer).code()).isEqualTo("08001");
    assertThat(failure(answer).message()).doesNotContain("10.1.1.1");
    query.find("anna");
    assertThat(asked).hasSize(1);
  }

  @Test
  void an_error_of_the_query_stays_in_the_log() {
    CompletionStage<KnownSecret> answer = query.find("anna");
    asked
        .remove()
        .answer()
        .completeExceptionally(
            PgError.error(SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for pg_authid")
                .toException());
    assertThat(failure(answer).code()).isEqualTo("XX000");
    assertThat(failure(answer).message()).doesNotContain("pg_authid");
  }
}
