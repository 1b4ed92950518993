package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.wire.FrontendBytes;
import org.pglynx.proxy.wire.ProtocolException;

/** Layer 1: tables and readers of a session. */
class ReadersTest {
  // ---- NameTable -----------------------------------------------------------------------------

  private static ByteBuf bytes(String name) {
    return Unpooled.copiedBuffer("xx" + name + "yy", StandardCharsets.UTF_8);
  }

  @Test
  void names_that_agree_in_their_first_63_bytes_are_one_as_in_postgres() {
    NameTable<String> table = new NameTable<>();
    ByteBuf longest = bytes("n".repeat(63));
    ByteBuf longer = bytes("n".repeat(70));
    ByteBuf shorter = bytes("n".repeat(62));
    table.put(longer, 2, 70, "statement");

    assertThat(table.find(longest, 2, 63)).isEqualTo("statement");
    assertThat(table.find(shorter, 2, 62)).isNull();
    assertThat(table.remove(longest, 2, 63)).isEqualTo("statement");
    assertThat(table.isEmpty()).isTrue();
  }

  @Test
  void a_name_table_behaves_as_a_map() {
    NameTable<Integer> table = new NameTable<>();
    Map<String, Integer> model = new HashMap<>();
    Random random = new Random(3);
    for (int step = 0; step < 20_000; step++) {
      String name = "s" + random.nextInt(60);
      ByteBuf in = bytes(name);
      int length = name.length();
      switch (random.nextInt(3)) {
        case 0 -> {
          table.put(in, 2, length, step);
          model.put(name, step);
        }
        case 1 -> assertThat(table.remove(in, 2, length)).isEqualTo(model.remove(name));
        default -> assertThat(table.find(in, 2, length)).isEqualTo(model.get(name));
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    table.clear();
    assertThat(table.isEmpty()).isTrue();
  }

  @Test
  void a_value_is_removed_under_all_its_names() {
    NameTable<String> table = new NameTable<>();
    String value = "v";
    table.put(bytes("a"), 2, 1, value);
    table.put(bytes(""), 2, 0, value);
    table.put(bytes("b"), 2, 1, "w");
    table.removeValue(value);
    assertThat(table.size()).isEqualTo(1);
    assertThat(table.find(bytes("b"), 2, 1)).isEqualTo("w");
  }

  // ---- BindReader ----------------------------------------------------------------------------

  private static BindReader read(byte[] frame) {
    return new BindReader(Unpooled.wrappedBuffer(frame), 0, frame.length);
  }

  @Test
  void a_bind_is_read_with_nulls() {
    BindReader bind = read(FrontendBytes.bind("portal", "s", "x", null, ""));
    assertThat(bind.portalLength()).isEqualTo(6);
    assertThat(bind.arguments().count()).isEqualTo(3);
    assertThat(bind.arguments().text(0)).isEqualTo("x");
    assertThat(bind.arguments().text(1)).isNull();
    assertThat(bind.arguments().text(2)).isEmpty();
    assertThat(bind.arguments().binary(0)).isFalse();
  }

  @Test
  void formats_are_one_for_all_or_one_each() {
    byte[] frame =
        FrontendBytes.frame(
            'B',
            out -> {
              out.writeShort(0);
              out.writeShort(2).writeShort(0).writeShort(1);
              out.writeShort(2).writeInt(0).writeInt(1).writeByte(7);
              out.writeShort(1).writeShort(1);
            });
    BindReader bind = read(frame);
    assertThat(bind.arguments().binary(0)).isFalse();
    assertThat(bind.arguments().binary(1)).isTrue();
    assertThat(bind.arguments().resultFormats()).containsExactly((short) 1);
  }

  @Test
  void every_cut_of_a_bind_is_refused() {
    byte[] whole = FrontendBytes.bind("p", "s", "value", null);
    for (int length = 5; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut))
          .as("%d bytes", length)
          .isInstanceOfAny(ProtocolException.class, MalformedMessageException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-2, Integer.MIN_VALUE, Integer.MAX_VALUE, 100})
  void a_bad_length_of_a_value_is_refused_before_it_is_allocated(int length) {
    byte[] frame =
        FrontendBytes.frame(
            'B', out -> out.writeShort(0).writeShort(0).writeShort(1).writeInt(length));
    assertThatThrownBy(() -> read(frame))
        .isInstanceOfAny(ProtocolException.class, MalformedMessageException.class);
  }

  @Test
  void noise_throws_nothing_else() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] sample = FrontendBytes.bind("p", "s", "value", null, "x");
    for (int round = 0; round < 20_000; round++) {
      byte[] noise = sample.clone();
      for (int i = 0; i < 3; i++) {
        noise[5 + random.nextInt(noise.length - 5)] = (byte) random.nextInt();
      }
      try {
        assertThat(read(noise).arguments()).isNotNull();
      } catch (ProtocolException | MalformedMessageException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  // ---- StartupOptions ------------------------------------------------------------------------

  private static Map<String, String> options(String text) {
    Map<String, String> parameters = new LinkedHashMap<>();
    StartupOptions.read(text, parameters);
    return parameters;
  }

  @Test
  void switches_that_set_parameters_are_read() {
    assertThat(options("  -c a=1 -cB=2 --c-d=3\t-c e=x\\ y\\\\ -c f="))
        .containsExactly(
            Map.entry("a", "1"),
            Map.entry("b", "2"),
            Map.entry("c_d", "3"),
            Map.entry("e", "x y\\"),
            Map.entry("f", ""));
    assertThat(options("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-B 100", "-c", "-c a", "--a", "a=1", "-c =1", "--=1", "\\"})
  void other_switches_are_refused_by_name(String text) {
    assertThatThrownBy(() -> options(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not served");
  }

  // ---- ParameterSet --------------------------------------------------------------------------

  @Test
  void equal_sets_need_no_switch_whatever_the_case_of_their_names() {
    ParameterSet a = ParameterSet.of(Map.of("TimeZone", "UTC"));
    ParameterSet b = ParameterSet.of(Map.of("timezone", "UTC"));
    assertThat(a.switchFrom(b, true)).isEmpty();
    assertThat(a).isEqualTo(b).hasSameHashCodeAs(b);
    assertThat(a.with("TIMEZONE", "UTC")).isSameAs(a);
    assertThat(a.with("TIMEZONE", "CET").values()).hasSize(1);
  }

  @Test
  void names_and_values_are_quoted() {
    ParameterSet wild = ParameterSet.of(Map.of("a'b\\", "x'; drop table t; --\\"));
    assertThat(wild.switchFrom(ParameterSet.DEFAULTS, true))
        .isEqualTo("SELECT pg_catalog.set_config(E'a''b\\\\',E'x''; drop table t; --\\\\',false)");
    assertThat(ParameterSet.DEFAULTS.switchFrom(ParameterSet.of(Map.of("my.\"x", "1")), true))
        .isEqualTo("RESET \"my\".\"\"\"x\";");
  }

  @Test
  void only_differences_are_switched() {
    ParameterSet from = ParameterSet.of(Map.of("a", "1", "b", "2", "c", "3"));
    ParameterSet to = ParameterSet.of(Map.of("a", "1", "b", "9", "d", "4"));
    assertThat(to.switchFrom(from, true))
        .isEqualTo(
            "RESET \"c\";SELECT pg_catalog.set_config(E'b',E'9',false),"
                + "pg_catalog.set_config(E'd',E'4',false)");
  }
}
