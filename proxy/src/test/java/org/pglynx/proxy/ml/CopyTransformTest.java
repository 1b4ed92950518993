package org.pglynx.proxy.ml;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.BackendTag;
import org.pglynx.proxy.wire.PgErrorException;

/** Rows of COPY with predictions in the features' places; the model adds its two features up. */
class CopyTransformTest {
  private static final LoadedModel SUM =
      new LoadedModel(new ModelKey("c", "d", 1, "0"), "p", FakeModel.sum());

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          TO STDOUT                                        ; x\\\\ty@{1,2}@\\\\N       ; x\\\\ty@3@\\\\N
          TO STDOUT                                        ; a@\\\\N@b               ; a@\\\\N@b
          TO STDOUT (DELIMITER ',')                        ; x\\\\,y,{1\\\\,2},z       ; x\\\\,y,3,z
          TO STDOUT WITH CSV                               ; "a ""b"",",`"{1,2}"`,   ; "a ""b"",",3,
          TO STDOUT CSV NULL AS 'none'                     ; a,none,none            ; a,none,none
          TO STDOUT (FORMAT csv, DELIMITER '|', QUOTE '''')  ; 'a|b'|{1,2}|c          ; 'a|b'|3|c
          TO STDOUT (FORMAT csv, ESCAPE '!')               ; "a!"b!!","{1,2}",c     ; "a!"b!!",3,c
          TO STDOUT (FORMAT 'csv')                         ; ?                      ; ?
          """)
  void replaces_features(String options, String line, String expected) throws PgErrorException {
    CopyFormat format = format(options);
    if (line.equals("?")) {
      assertThat(format).isNull();
      return;
    }
    assertThat(format).isNotNull();
    String in = line.replace("`", "").replace("\\\\", "\\").replace('@', '\t') + "\n";
    String out = expected.replace("\\\\", "\\").replace('@', '\t') + "\n";

    assertThat(bodies(transformed(format, frame(in)))).isEqualTo(out);
  }

  @Test
  void passes_the_names_of_columns_on() throws PgErrorException {
    CopyFormat format = format("TO STDOUT (FORMAT csv, HEADER true)");
    ByteBuf in = frame("a,predict,b\n");
    in.writeBytes(frame("1,\"{1,2}\",2\n")).writeBytes(frame("3,\"{4,5}\",6\n"));

    assertThat(bodies(transformed(format, in))).isEqualTo("a,predict,b\n1,3,2\n3,9,6\n");
  }

  @Test
  void replaces_features_in_binary() throws PgErrorException {
    ByteBuf body = Unpooled.buffer();
    body.writeBytes("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1));
    body.writeInt(0).writeInt(0);
    int header = body.writerIndex();
    byte[] features = Frames.float4Array(1f, 2f);
    body.writeShort(3).writeInt(1).writeByte('a');
    body.writeInt(features.length).writeBytes(features).writeInt(-1);
    ByteBuf in = frame(body).writeBytes(frame(Unpooled.buffer().writeShort(-1)));

    ByteBuf out = transformed(format("TO STDOUT (FORMAT binary)"), in);

    out.skipBytes(5 + header);
    assertThat(out.readShort()).isEqualTo((short) 3);
    assertThat(out.readInt()).isEqualTo(1);
    assertThat(out.readByte()).isEqualTo((byte) 'a');
    assertThat(out.readInt()).isEqualTo(4);
    assertThat(out.readFloat()).isEqualTo(3f);
    assertThat(out.readInt()).isEqualTo(-1);
    out.skipBytes(5);
    assertThat(out.readShort()).isEqualTo((short) -1);
    assertThat(out.isReadable()).isFalse();
  }

  private static @Nullable CopyFormat format(String options) {
    SqlTokens tokens = SqlTokens.of("COPY (SELECT 1) " + options);
    CopyStatement statement = CopyStatement.of(tokens, new TokenRange(0, tokens.size()));
    return statement == null ? null : statement.format();
  }

  private static ByteBuf transformed(@Nullable CopyFormat format, ByteBuf in)
      throws PgErrorException {
    PredictColumn column =
        new PredictColumn(
            PgmlFunction.PREDICT,
            new ModelSelector.Fixed(new ModelRef.Id(1)),
            FeatureForm.ARRAY,
            1,
            type -> MlErrors.invalid(type));
    ByteBuf out = Unpooled.buffer();
    new CopyTransform(List.of(column), new LoadedModel[] {SUM}, requireNonNull(format))
        .rows(in, out);
    return out;
  }

  private static ByteBuf frame(String body) {
    return frame(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
  }

  private static ByteBuf frame(ByteBuf body) {
    return Unpooled.buffer()
        .writeByte(BackendTag.COPY_DATA)
        .writeInt(4 + body.readableBytes())
        .writeBytes(body);
  }

  private static String bodies(ByteBuf frames) {
    StringBuilder bodies = new StringBuilder();
    while (frames.isReadable()) {
      assertThat(frames.readByte()).isEqualTo(BackendTag.COPY_DATA);
      int length = frames.readInt() - 4;
      bodies.append(frames.readCharSequence(length, StandardCharsets.UTF_8));
    }
    return bodies.toString();
  }
}
