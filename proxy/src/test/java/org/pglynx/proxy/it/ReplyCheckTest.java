package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyCheckTest {
  private static final List<String> TWO =
      List.of("2", "D:mine", "C:SELECT 1", "Z:T", "2", "D:mine too", "C:SELECT 1", "Z:T");

  private static ReplyCheck check(String... replies) {
    ReplyCheck check = new ReplyCheck(TWO, Set.of("08006"));
    for (String reply : replies) {
      check.take(reply);
    }
    return check;
  }

  @Test
  void what_must_come_is_complete_when_it_has_come() {
    assertThat(check("2", "D:mine", "C:SELECT 1", "Z:T").complete()).isFalse();
    ReplyCheck check = check(TWO.toArray(String[]::new));
    assertThat(check.complete()).isTrue();
    assertThat(check.excuse()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"D:another's", "Z:T", "E:42601:syntax error", "N:57P02:go", "2", "Z:I"})
  void whatever_else_comes_is_wrong(String reply) {
    assertThatThrownBy(() -> check("2", reply)).isInstanceOf(ReplyCheck.WrongReply.class);
  }

  @Test
  void a_lost_server_excuses_what_is_missing_up_to_the_last_ready() {
    ReplyCheck check = check("2", "D:mine", "E:08006:lost", "Z:I");
    assertThat(check.complete()).isFalse();
    check.take("E:08006:lost");
    check.take("Z:I");
    assertThat(check.complete()).isTrue();
    assertThat(check.excuse()).isEqualTo("08006");
  }

  @ParameterizedTest
  @ValueSource(strings = {"D:another's", "C:SELECT 2", "E:42601:syntax error", "D:mine"})
  void a_lost_server_excuses_no_wrong_reply(String reply) {
    assertThatThrownBy(() -> check("2", "D:mine", "E:08006:lost", "Z:I", reply))
        .isInstanceOf(ReplyCheck.WrongReply.class);
  }

  @Test
  void an_error_with_ones_own_tag_is_expected() {
    ReplyCheck check = new ReplyCheck(List.of("E:22P02~c1n2", "Z:I"), Set.of());
    check.take("E:22P02:invalid input syntax for type integer: \"c1n2\"");
    assertThatThrownBy(() ->
            new ReplyCheck(List.of("E:22P02~c1n2", "Z:I"), Set.of())
                .take("E:22P02:invalid input syntax for type integer: \"c2n2\""))
        .isInstanceOf(ReplyCheck.WrongReply.class);
  }

  @Test
  void the_end_of_the_connection_is_wrong_where_nothing_excuses_it() {
    assertThatThrownBy(() -> new ReplyCheck(TWO, Set.of()).end())
        .isInstanceOf(ReplyCheck.WrongReply.class);
  }
}
