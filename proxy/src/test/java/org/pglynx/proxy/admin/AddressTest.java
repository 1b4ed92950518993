package org.pglynx.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:5432, 127.0.0.1, 5432",
    "/127.0.0.1:5432, 127.0.0.1, 5432",
    "[::1]:5432, ::1, 5432",
    "/[0:0:0:0:0:0:0:1%0]:5432, 0:0:0:0:0:0:0:1%0, 5432",
    "unix, unix, 0",
    "'', '', 0",
  })
  void hostAndPortAreToldApart(String text, String host, int port) {
    assertThat(Address.of(text)).isEqualTo(new Address(host, port));
  }
}
