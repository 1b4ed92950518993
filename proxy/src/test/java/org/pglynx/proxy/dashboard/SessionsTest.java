package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.auth.NonceSource;

class SessionsTest {
  private static final Credentials ADMIN = new Credentials("pglynx", "admin", "x");
  private static final Credentials ANNA = new Credentials("shop", "anna", "y");

  private final AtomicLong clock = new AtomicLong();
  private final Sessions sessions = new Sessions(NonceSource.secure(), clock::get);

  @Test
  void a_session_ends_when_it_has_been_idle_for_too_long() {
    WebSession session = sessions.open(null, ADMIN, null);
    clock.addAndGet(Sessions.IDLE_NANOS);
    assertThat(sessions.find(session.id())).isSameAs(session);

    clock.addAndGet(Sessions.IDLE_NANOS + 1);

    assertThat(sessions.find(session.id())).isNull();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void a_session_ends_when_it_is_old_however_busy_it_is() {
    WebSession session = sessions.open(null, ADMIN, null);
    for (long age = 0; age <= Sessions.AGE_NANOS; age += Sessions.IDLE_NANOS) {
      sessions.find(session.id());
      clock.addAndGet(Sessions.IDLE_NANOS);
    }

    assertThat(sessions.find(session.id())).isNull();
  }

  @Test
  void one_session_too_many_ends_the_idlest() {
    WebSession first = sessions.open(null, ADMIN, null);
    clock.addAndGet(1);
    WebSession second = sessions.open(null, ADMIN, null);
    clock.addAndGet(1);
    sessions.find(first.id());
    for (int i = 2; i <= Sessions.MOST; i++) {
      sessions.open(null, ADMIN, null);
    }

    assertThat(sessions.size()).isEqualTo(Sessions.MOST);
    assertThat(sessions.find(second.id())).isNull();
    assertThat(sessions.find(first.id())).isNotNull();
  }

  @Test
  void a_further_login_keeps_the_former_one_under_new_names() {
    WebSession first = sessions.open(null, ADMIN, null);

    WebSession both = sessions.open(first, null, ANNA);

    assertThat(both.console()).isEqualTo(ADMIN);
    assertThat(both.database()).isEqualTo(ANNA);
    assertThat(both.id()).isNotEqualTo(first.id());
    assertThat(both.token()).isNotEqualTo(first.token());
    assertThat(sessions.find(first.id())).isNull();
  }

  @Test
  void passwords_are_in_no_text() {
    assertThat(ANNA.toString()).doesNotContain("y]").isEqualTo("Credentials[shop, anna]");
  }
}
