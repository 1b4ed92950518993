package org.pglynx.proxy.app.rehearsal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate that nobody believes, for TLS within the rehearsal. Made by the JDK's own {@code
 * keytool}: Java has no public way to sign one.
 *
 * @param certificate in PEM
 * @param key in PEM
 */
public record SelfSigned(Path certificate, Path key) {
  private static final String NAME = "rehearsal";

  /** Makes one; the files are left in the directory. */
  public static SelfSigned in(Path directory) throws IOException, InterruptedException {
    Path store = directory.resolve("rehearsal.p12");
    makeKey(store);
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, NAME.toCharArray());
      Key key = keys.getKey(NAME, NAME.toCharArray());
      return new SelfSigned(
          pem(directory, "CERTIFICATE", keys.getCertificate(NAME).getEncoded()),
          pem(directory, "PRIVATE KEY", key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read what keytool has made", e);
    }
  }

  private static void makeKey(Path store) throws IOException, InterruptedException {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storepass",
                NAME,
                "-alias",
                NAME,
                "-dname",
                "CN=" + NAME,
                "-keyalg",
                "EC")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + said);
    }
  }

  private static Path pem(Path directory, String kind, byte[] encoded) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    String text = "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(kind, body, kind);
    return Files.writeString(directory.resolve(kind.replace(' ', '-') + ".pem"), text);
  }
}
