package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pglynx.ml.model.Sampling;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.sql.FunctionCalls;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.wire.PgErrorException;

/** The reference of functions is what the code says; {@code -Dwrite=true} writes it. */
class FunctionsReferenceTest {
  private static final Path REFERENCE =
      Path.of(System.getProperty("basedir", ".")).resolveSibling("docs/ml/functions.md");

  @BeforeAll
  static void write() throws IOException {
    if (Boolean.getBoolean("write")) {
      Files.writeString(REFERENCE, FunctionsReference.text());
    }
  }

  @Test
  void the_reference_is_what_the_code_says() throws IOException {
    assertThat(Files.readString(REFERENCE)).isEqualTo(FunctionsReference.text());
  }

  @Test
  void every_function_has_a_signature_or_predicts() {
    Stream<String> signed = FunctionsReference.signatures().stream().map(Signature::function);
    List<String> others =
        Stream.of(PgmlFunction.values())
            .filter(function -> !function.predicts())
            .map(PgmlFunction::sqlName)
            .toList();
    assertThat(signed.distinct()).containsExactlyInAnyOrderElementsOf(others);
  }

  /** The defaults come from the function in the database; the proxy's are its own code. */
  @Test
  void the_defaults_that_are_shown_are_those_that_are_taken() throws PgErrorException {
    TrainCall given =
        train("'p', NULL, NULL, NULL, 'linear', '{}', NULL, '{}', '{}', 0.25, 'stratified'");
    TrainCall absent = train("'p'");

    assertThat(absent).isEqualTo(given);
    assertThat(absent.algorithm()).isEqualTo("linear");
    assertThat(absent.testSize()).isEqualTo(0.25f);
    assertThat(absent.sampling()).isEqualTo(Sampling.STRATIFIED);
    assertThat(absent.deploy()).isTrue();
    assertThat(absent.materialize()).isFalse();
    assertThat(absent.preprocess()).isEqualTo("{}");
    assertThat(FunctionsReference.text())
        .contains("algorithm pgml.algorithm DEFAULT 'linear'", "test_size real DEFAULT 0.25")
        .contains("test_sampling pgml.sampling DEFAULT 'stratified'")
        .contains("automatic_deploy boolean DEFAULT true")
        .contains("materialize_snapshot boolean DEFAULT false");
  }

  private static TrainCall train(String arguments) throws PgErrorException {
    SqlTokens tokens = SqlTokens.of("SELECT * FROM pgml.train(" + arguments + ")");
    var call = FunctionCalls.find(tokens, Statements.split(tokens).getFirst(), "pgml").getFirst();
    BoundCall bound = BoundCall.of(Signatures.TRAIN, call, tokens);
    return TrainCall.of(new CallValues(bound, Arguments.NONE, new int[0]));
  }
}
