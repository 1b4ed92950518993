package org.pglynx.proxy.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;

/** pgml.xgboost_version: the version that XGBoost's library tells about itself. */
final class XgboostVersion implements ServiceStatement.OneRow {
  private static final String RESOURCE = "xgboost4j-version.properties";

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel) {
    return Arrays.asList(read());
  }

  private static @Nullable String read() {
    Properties properties = new Properties();
    try (InputStream in = XgboostVersion.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("resource " + RESOURCE + " is missing");
      }
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
