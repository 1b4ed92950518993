package org.pglynx.proxy.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A certificate authority of a test's own. What it issues is made by the program openssl when it is
 * needed and good for two days, so nothing that expires is kept anywhere.
 */
public final class TestAuthority {
  /** A certificate with its key, as PEM files. */
  public record Issued(Path certificate, Path key) {}

  private static final String P256 = "ec -pkeyopt ec_paramgen_curve:P-256";

  private final Path directory;
  private final Path certificate;
  private final Path key;

  private TestAuthority(Path directory, String name) {
    this.directory = directory;
    this.certificate = directory.resolve(name + ".crt");
    this.key = directory.resolve(name + ".key");
  }

  /** A new authority whose files are in the directory. */
  public static TestAuthority in(Path directory, String name) {
    TestAuthority made = new TestAuthority(directory, name);
    made.request(made.certificate, made.key, P256, "/CN=" + name, "CA:TRUE", List.of(), List.of());
    return made;
  }

  /** Its own certificate. */
  public Path certificate() {
    return certificate;
  }

  /** A certificate for a server, good for these names: {@code DNS:localhost,IP:127.0.0.1}. */
  public Issued server(String file, String names) {
    return issue(file, P256, "/CN=" + file, "subjectAltName=" + names);
  }

  /** A certificate with a subject in OpenSSL's form: {@code /O=shop/CN=anna}. */
  public Issued client(String file, String subject) {
    return issue(file, P256, subject, "");
  }

  /**
   * A certificate of any kind.
   *
   * @param algorithm what {@code -newkey} takes, with its options
   * @param extension one line of OpenSSL's configuration, or nothing
   * @param options more of {@code openssl req}, for example {@code -sha384}
   */
  public Issued issue(
      String file, String algorithm, String subject, String extension, String... options) {
    Issued issued = new Issued(directory.resolve(file + ".crt"), directory.resolve(file + ".key"));
    List<String> signed =
        new ArrayList<>(List.of("-CA", certificate.toString(), "-CAkey", key.toString()));
    signed.addAll(List.of(options));
    request(
        issued.certificate(),
        issued.key(),
        algorithm,
        subject,
        "CA:FALSE",
        extension.isEmpty() ? List.of() : List.of(extension),
        signed);
    return issued;
  }

  private void request(
      Path certificate,
      Path key,
      String algorithm,
      String subject,
      String constraints,
      List<String> extensions,
      List<String> options) {
    List<String> command =
        new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "2", "-utf8", "-newkey"));
    command.addAll(List.of(algorithm.split(" ")));
    command.addAll(List.of("-subj", subject, "-config", configuration(constraints, extensions)));
    command.addAll(List.of("-keyout", key.toString(), "-out", certificate.toString()));
    command.addAll(options);
    openssl(command.toArray(String[]::new));
  }

  /** OpenSSL's own configuration differs between machines. */
  private String configuration(String constraints, List<String> extensions) {
    String text =
        "[req]\ndistinguished_name=none\nx509_extensions=wanted\n[none]\n[wanted]\n"
            + "basicConstraints=critical,"
            + constraints
            + "\n"
            + String.join("\n", extensions)
            + "\n";
    try {
      Path file = Files.createTempFile(directory, "openssl", ".cnf");
      Files.writeString(file, text);
      return file.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs openssl; gives its output. */
  public static String openssl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(command + " failed: " + output);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
