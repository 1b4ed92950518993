package org.pglynx.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslPrivateKeyMethod;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The system's OpenSSL signs what the JDK finds right. */
class SystemRsaTest {
  @TempDir Path directory = Path.of("");

  @BeforeEach
  void needs_the_library() {
    assumeTrue(LibCrypto.find() != null, "libcrypto.so.3 is not installed");
  }

  private TlsIdentity identity(String algorithm) {
    TestAuthority.Issued issued =
        TestAuthority.in(directory, "authority").issue("one", algorithm, "/CN=one", "");
    return TlsIdentity.read(issued.certificate(), issued.key());
  }

  private static SystemRsa present(TlsIdentity identity) {
    SystemRsa made = SystemRsa.of(identity);
    if (made == null) {
      throw new AssertionError("it does not sign with this key");
    }
    return made;
  }

  static Stream<Arguments> algorithms() {
    return Stream.of(
        arguments(SystemRsa.RSA_PKCS1_SHA1, "SHA-1", 0),
        arguments(SystemRsa.RSA_PKCS1_SHA256, "SHA-256", 0),
        arguments(SystemRsa.RSA_PKCS1_SHA384, "SHA-384", 0),
        arguments(SystemRsa.RSA_PKCS1_SHA512, "SHA-512", 0),
        arguments(SystemRsa.RSA_PSS_SHA256, "SHA-256", 32),
        arguments(SystemRsa.RSA_PSS_SHA384, "SHA-384", 48),
        arguments(SystemRsa.RSA_PSS_SHA512, "SHA-512", 64));
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void what_it_signs_is_right(int algorithm, String hash, int saltBytes) throws Exception {
    TlsIdentity identity = identity("rsa:2048");
    byte[] text = new byte[130];
    new Random(5).nextBytes(text);

    byte[] signed = present(identity).sign(algorithm, text);

    Signature verifier = verifier(identity.certificate().getPublicKey(), hash, saltBytes);
    verifier.update(text);
    assertThat(verifier.verify(signed)).isTrue();
    verifier.update(Arrays.copyOf(text, 129));
    assertThat(verifier.verify(signed)).isFalse();
  }

  private static Signature verifier(PublicKey key, String hash, int saltBytes) throws Exception {
    Signature verifier =
        Signature.getInstance(saltBytes == 0 ? hash.replace("-", "") + "withRSA" : "RSASSA-PSS");
    if (saltBytes > 0) {
      verifier.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), saltBytes, 1));
    }
    verifier.initVerify(key);
    return verifier;
  }

  @Test
  void it_decrypts_and_leaves_the_padding() throws Exception {
    TlsIdentity identity = identity("rsa:2048");
    byte[] plain = new byte[256];
    new Random(6).nextBytes(plain);
    plain[0] = 0;
    Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
    cipher.init(Cipher.ENCRYPT_MODE, identity.certificate().getPublicKey());

    assertThat(present(identity).decrypt(cipher.doFinal(plain))).isEqualTo(plain);
  }

  @Test
  void its_numbers_are_those_that_boringssl_asks_by() {
    assumeTrue(OpenSsl.isAvailable(), "BoringSSL does not run here");

    assertThat(
            List.of(
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA1,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA256,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA384,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PKCS1_SHA512,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA256,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA384,
                OpenSslPrivateKeyMethod.SSL_SIGN_RSA_PSS_RSAE_SHA512))
        .isEqualTo(algorithms().map(each -> each.get()[0]).toList());
  }

  @Test
  void an_algorithm_of_other_keys_is_refused() {
    SystemRsa signing = present(identity("rsa:2048"));

    assertThatThrownBy(() -> signing.sign(0x0403, new byte[1]))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rsa:3072", "ec -pkeyopt ec_paramgen_curve:P-256", "ed25519"})
  void other_keys_are_left_to_boringssl(String algorithm) {
    assertThat(SystemRsa.of(identity(algorithm))).isNull();
  }

  @Test
  void a_library_that_signs_wrong_is_not_used() {
    TlsIdentity one = identity("rsa:2048");
    TestAuthority.Issued other =
        TestAuthority.in(directory, "other").issue("two", "rsa:2048", "/CN=two", "");
    TlsIdentity two = TlsIdentity.read(other.certificate(), other.key());

    assertThat(SystemRsa.of(new TlsIdentity(one.key(), two.chain()))).isNull();
  }
}
