package org.pglynx.proxy.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into {@code pglynx.properties}. */
public final class ProductVersion implements IVersionProvider {
  /** The version alone, such as {@code 0.1.0}. */
  public static String text() {
    try (InputStream in = ProductVersion.class.getResourceAsStream("/pglynx.properties")) {
      Properties properties = new Properties();
      properties.load(Objects.requireNonNull(in, "pglynx.properties is missing from the jar"));
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "pglynx " + text(), "Java " + Runtime.version() + ", " + System.getProperty("os.name")
    };
  }
}
