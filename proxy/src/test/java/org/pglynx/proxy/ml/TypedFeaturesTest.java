package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/** A column of each type that gives the features 1 and 2, as record_send writes a row of it. */
class TypedFeaturesTest {
  private final LoadedModel model =
      new LoadedModel(new ModelKey("c", "d", 1, "0"), "p", FakeModel.sum());
  private final FeatureRow row = new FeatureRow(2);

  @ParameterizedTest
  @CsvSource({
    "real[], 1021, 00000001 00000000 000002bc 00000002 00000001 00000004 3f800000 00000004 40000000",
    "smallint[], 1005, 00000001 00000000 00000015 00000002 00000001 00000002 0001 00000002 0002",
    "text[], 1009, 00000001 00000000 00000019 00000002 00000001 00000001 31 00000001 32",
    "char(2)[], 1014, 00000001 00000000 00000412 00000002 00000001 00000002 3120 00000002 3220",
    "name[], 1003, 00000001 00000000 00000013 00000002 00000001 00000001 31 00000001 32",
    "oid[], 1028, 00000001 00000000 0000001a 00000002 00000001 00000004 00000001 00000004 00000002",
    "domain, 20000, 00000001 00000000 00000015 00000002 00000001 00000002 0001 00000002 0002",
    "vector, 20000, 0002 0000 3f800000 40000000",
    "halfvec, 20000, 0002 0000 3c00 4000",
    "text, 25, 7b312c327d",
    "json, 114, 5b312c325d",
    "jsonb, 3802, 01 5b312c325d"
  })
  void the_value_is_read_as_its_type_has_it(String type, int oid, String hex)
      throws PgErrorException {
    assertThat(read(oid, hex)).as(type).isTrue();

    assertThat(Arrays.copyOf(row.values(), row.count())).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "date[], 1182, 00000001 00000000 0000043a 00000001 00000001 00000004 00000001, 946771200",
    "time[], 1183, 00000001 00000000 0000043b 00000001 00000001 00000008 00000000001e8480, 2",
    "timestamp[], 1115, 00000001 00000000 0000045a 00000001 00000001 00000008 00000000001e8480,"
        + " 946684802"
  })
  void times_are_seconds(String type, int oid, String hex, float seconds) throws PgErrorException {
    assertThat(read(oid, hex)).as(type).isTrue();

    assertThat(Arrays.copyOf(row.values(), row.count())).containsExactly(seconds);
  }

  @Test
  void null_is_no_row() throws PgErrorException {
    ByteBuf in = Unpooled.buffer().writeInt(1).writeInt(Oid.JSONB).writeInt(-1);

    assertThat(TypedFeatures.read(in, 0, model, row, MlErrors::invalid)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"'[1,2]', true", "'{\"b\":2,\"a\":1}', true", "'', false"})
  void what_the_binary_form_does_not_tell_is_read_as_a_row(String json, boolean there)
      throws PgErrorException {
    assertThat(TypedFeatures.read(behindName(json), 0, model, row, MlErrors::invalid))
        .isEqualTo(there);
    assertThat(Arrays.copyOf(row.values(), row.count()))
        .isEqualTo(there ? new float[] {1, 2} : new float[0]);
  }

  @ParameterizedTest
  @CsvSource({"'{\"f1\":1,\"f2\":2}'", "'{\"b\":2,\"a\":1}'"})
  void a_record_is_by_position_if_it_has_no_names(String json) throws PgErrorException {
    assertThat(TypedFeatures.read(behindName("record", json), 0, model, row, MlErrors::invalid))
        .isTrue();

    assertThat(Arrays.copyOf(row.values(), row.count())).containsExactly(1, 2);
  }

  @Test
  void what_is_no_row_is_refused_by_the_name_of_its_type() {
    assertThatThrownBy(
            () -> TypedFeatures.read(behindName("\"low\""), 0, model, row, MlErrors::invalid))
        .hasMessageContaining("mood");
  }

  private static ByteBuf behindName(String json) {
    return behindName("mood", json);
  }

  private static ByteBuf behindName(String type, String json) {
    ByteBuf in = Unpooled.buffer().writeInt(2).writeInt(Oid.TEXT).writeInt(type.length());
    in.writeCharSequence(type, StandardCharsets.UTF_8);
    in.writeInt(Oid.TEXT).writeInt(json.isEmpty() ? -1 : json.length());
    in.writeCharSequence(json, StandardCharsets.UTF_8);
    return in;
  }

  @ParameterizedTest
  @CsvSource({
    "integer, 23, 00000005",
    "OID 20000, 20000, 00000001 00000017 00000004 00000001",
    "uuid, 2950, 00000000000000000000000000000000"
  })
  void what_has_no_features_is_refused_by_the_name_of_its_type(String type, int oid, String hex) {
    assertThatThrownBy(() -> read(oid, hex)).hasMessageContaining(type);
  }

  private boolean read(int oid, String hex) throws PgErrorException {
    byte[] value = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
    ByteBuf in = Unpooled.buffer().writeInt(1).writeInt(oid).writeInt(value.length);
    return TypedFeatures.read(in.writeBytes(value), 0, model, row, MlErrors::invalid);
  }
}
