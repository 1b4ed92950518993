package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pglynx.proxy.transport.TestAuthority.openssl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unit: certificates and keys as OpenSSL writes them. */
class TlsFilesTest {
  @TempDir Path directory = Path.of("");
  private Path key = directory;

  @BeforeEach
  void nameTheKey() {
    key = directory.resolve("own.key");
  }

  private TestAuthority authority() {
    return TestAuthority.in(directory, "authority");
  }

  @ParameterizedTest
  @CsvSource({
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out KEY, BEGIN PRIVATE KEY, RSA",
    "genrsa -traditional -out KEY 2048, BEGIN RSA PRIVATE KEY, RSA",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out KEY, BEGIN PRIVATE KEY, EC",
    "ecparam -genkey -name prime256v1 -out KEY, BEGIN EC PARAMETERS, EC",
    "ecparam -genkey -noout -name secp384r1 -out KEY, BEGIN EC PRIVATE KEY, EC",
    "genpkey -algorithm ED25519 -out KEY, BEGIN PRIVATE KEY, EdDSA"
  })
  void each_form_of_key_is_read(String command, String form, String algorithm) throws IOException {
    openssl(command.replace("KEY", key.toString()).split(" "));
    assertThat(Files.readString(key)).contains(form);
    Path certificate = directory.resolve("own.crt");
    openssl(
        "req",
        "-x509",
        "-key",
        key.toString(),
        "-subj",
        "/CN=own",
        "-days",
        "2",
        "-out",
        certificate.toString());
    TlsIdentity identity = TlsIdentity.read(certificate, key);
    assertThat(identity.key().getAlgorithm()).isEqualTo(algorithm);
  }

  @ParameterizedTest
  @CsvSource({"pkcs8 -topk8, BEGIN ENCRYPTED PRIVATE KEY", "rsa -traditional -aes128, DEK-Info"})
  void an_encrypted_key_is_refused_with_what_to_do(String command, String form) throws IOException {
    Path clear = directory.resolve("clear.key");
    openssl("genrsa", "-out", clear.toString(), "2048");
    openssl((command + " -in " + clear + " -out " + key + " -passout pass:secret").split(" "));
    assertThat(Files.readString(key)).contains(form);
    assertThatThrownBy(() -> PrivateKeys.read(key))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining("own.key")
        .hasMessageContaining("openssl pkey");
  }

  @Test
  void a_key_of_another_certificate_is_refused() {
    TestAuthority.Issued one = authority().server("one", "DNS:one");
    TestAuthority.Issued two = TestAuthority.in(directory, "other").server("two", "DNS:two");
    assertThatThrownBy(() -> TlsIdentity.read(one.certificate(), two.key()))
        .hasMessageContaining("is not the private key of");
  }

  @Test
  void files_without_what_is_looked_for_are_refused_by_name() throws IOException {
    Files.writeString(key, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> PrivateKeys.read(key)).hasMessageContaining("damaged");
    Files.writeString(key, "-----BEGIN EC PRIVATE KEY-----\nMIH/\n-----END EC PRIVATE KEY-----\n");
    assertThatThrownBy(() -> PrivateKeys.read(key)).isInstanceOf(TlsFileException.class);
    Files.writeString(key, "nothing");
    assertThatThrownBy(() -> PrivateKeys.read(key)).hasMessageContaining("no private key");
    assertThatThrownBy(() -> Pem.certificates(key)).hasMessageContaining("no certificate");
    assertThatThrownBy(() -> Pem.certificates(directory.resolve("absent")))
        .hasMessageContaining("absent");
  }

  @Test
  void a_chain_is_read_in_its_order_with_text_between() throws IOException {
    TestAuthority authority = authority();
    TestAuthority.Issued shown = authority.server("server", "DNS:a");
    Path chain = directory.resolve("chain.pem");
    Files.writeString(
        chain,
        openssl("x509", "-text", "-in", shown.certificate().toString())
            + Files.readString(authority.certificate()));
    assertThat(Pem.certificates(chain))
        .extracting(each -> each.getSubjectX500Principal().getName())
        .containsExactly("CN=server", "CN=authority");
  }

  @ParameterizedTest
  @CsvSource({
    "-sha256, SHA-256",
    "-sha384, SHA-384",
    "-sha512, SHA-512",
    "-sha1, SHA-256",
  })
  void the_channel_binding_follows_the_signature(String option, String function)
      throws GeneralSecurityException {
    TestAuthority.Issued issued =
        authority()
            .issue("server", "ec -pkeyopt ec_paramgen_curve:P-256", "/CN=server", "", option);
    X509Certificate certificate = Pem.certificates(issued.certificate()).getFirst();
    assertThat(EndPointHash.of(certificate))
        .isEqualTo(MessageDigest.getInstance(function).digest(certificate.getEncoded()));
  }

  @ParameterizedTest
  @CsvSource({"RSA-PSS -pkeyopt rsa_keygen_bits:2048, SHA-384", "ED25519, ''"})
  void other_signatures_name_their_function_or_have_none(String algorithm, String function)
      throws GeneralSecurityException {
    Path own = directory.resolve("own.crt");
    openssl(("genpkey -algorithm " + algorithm + " -out " + key).split(" "));
    openssl(("req -x509 -sha384 -key " + key + " -subj /CN=own -days 2 -out " + own).split(" "));
    X509Certificate certificate = Pem.certificates(own).getFirst();
    byte[] expected =
        function.isEmpty()
            ? new byte[0]
            : MessageDigest.getInstance(function).digest(certificate.getEncoded());
    assertThat(EndPointHash.of(certificate)).isEqualTo(expected);
  }
}
