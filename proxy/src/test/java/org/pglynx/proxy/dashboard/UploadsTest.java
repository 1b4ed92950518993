package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.auth.NonceSource;

class UploadsTest {
  private static final UploadPlan PLAN =
      new UploadPlan("\"sent\"", List.of("\"a\" integer"), ',', true);

  private final NonceSource nonces = NonceSource.secure();
  private final AtomicLong clock = new AtomicLong();
  private final Uploads uploads = new Uploads(clock::get, Duration.ofMillis(5));

  private Call call(CopyingServer server) {
    Sessions sessions = new Sessions(nonces, clock::get);
    return new Call(
        new Call.Entrances(guest -> server.enter(), new LoginProof(nonces)),
        new Guest(InetAddress.getLoopbackAddress(), false, true),
        sessions.open(null, null, new Credentials("shop", "anna", "x")),
        Json.object());
  }

  @Test
  void a_file_that_nothing_more_comes_of_leaves_no_table_after_a_minute() throws Exception {
    try (CopyingServer server = new CopyingServer()) {
      Upload upload = uploads.begin(call(server), PLAN);
      upload.add(0, "a\n1\n");

      clock.addAndGet(Upload.PATIENCE_NANOS + 1);

      assertThat(server.told().get(20, TimeUnit.SECONDS)).isEqualTo("pQBEGI QCREA QCOPY dfX");
      assertThat(upload.open()).isFalse();
      assertThatExceptionOfType(FaultException.class)
          .isThrownBy(() -> upload.add(1, "2\n"))
          .satisfies(e -> assertThat(e.fault().sqlState()).isEqualTo("55000"));
    }
  }

  @Test
  void each_part_gives_the_next_one_a_minute_more() throws Exception {
    try (CopyingServer server = new CopyingServer()) {
      Upload upload = uploads.begin(call(server), PLAN);
      for (int part = 0; part < 3; part++) {
        clock.addAndGet(Upload.PATIENCE_NANOS);
        upload.abortIfIdle();
        upload.add(part, "1\n");
      }
      assertThat(upload.open()).isTrue();

      upload.abort();

      assertThat(server.told().get(20, TimeUnit.SECONDS)).isEqualTo("pQBEGI QCREA QCOPY dddfX");
    }
  }
}
