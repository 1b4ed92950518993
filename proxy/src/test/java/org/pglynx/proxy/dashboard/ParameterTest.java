package org.pglynx.proxy.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.dashboard.Parameter.Kind;

class ParameterTest {
  @Test
  void no_text_brings_further_strings_of_the_protocol_with_it() {
    ArrayNode texts = Json.array().add("anna").add("anna\0options\0-c role=root");

    assertThat(Kind.TEXT.fits(texts.get(0))).isTrue();
    assertThat(Kind.TEXT.fits(texts.get(1))).isFalse();
    assertThat(Kind.TEXTS.fits(texts)).isFalse();
    assertThat(Kind.TEXTS.fits(Json.array().add("anna").add("bert"))).isTrue();
  }

  @Test
  void a_whole_number_is_none_that_overflows() {
    assertThat(Kind.WHOLE.fits(Json.array().add(7).get(0))).isTrue();
    assertThat(Kind.WHOLE.fits(Json.array().add(7.5).get(0))).isFalse();
    assertThat(Kind.WHOLE.fits(Json.array().add("7").get(0))).isFalse();
  }
}
