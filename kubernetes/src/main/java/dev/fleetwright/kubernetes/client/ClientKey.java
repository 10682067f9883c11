package dev.fleetwright.kubernetes.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/// A client certificate and its key, as kubeconfigs have them: PEM, in PKCS #8 (RFC 5958), PKCS #1
/// (RFC 8017) or SEC 1 (RFC 5915), RSA or on an elliptic curve. The JDK reads the first form; the
/// others are put into it. (fabric8 takes every key without a declared algorithm for RSA.)
final class ClientKey {

  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([A-Za-z0-9+/=\\s]+)-----END");
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final byte[] VERSION = HexFormat.of().parseHex("020100");
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int CURVE = 0xa0;

  private ClientKey() {}

  static KeyManager[] managers(byte[] certificates, byte[] key)
      throws IOException, GeneralSecurityException {
    var chain =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(certificates))
            .toArray(Certificate[]::new);
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("client", key(key), new char[0], chain);
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  static PrivateKey key(byte[] pem) throws IOException, GeneralSecurityException {
    var match = PEM.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    if (!match.find()) {
      throw new IOException("there is no private key in it, or it is encrypted");
    }
    var der = Base64.getMimeDecoder().decode(match.group(2));
    return switch (match.group(1)) {
      case "RSA PRIVATE KEY" -> of("RSA", wrapped(RSA, der));
      case "EC PRIVATE KEY" -> of("EC", wrapped(joined(EC, curve(der)), der));
      default -> ofAny(der);
    };
  }

  private static PrivateKey ofAny(byte[] der) throws GeneralSecurityException {
    for (var algorithm : List.of("RSA", "EC")) {
      try {
        return of(algorithm, der);
      } catch (InvalidKeySpecException _) {
        // It is of another algorithm.
      }
    }
    return of("EdDSA", der);
  }

  private static PrivateKey of(String algorithm, byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return tagged(
        SEQUENCE, joined(VERSION, joined(tagged(SEQUENCE, algorithm), tagged(OCTETS, key))));
  }

  /// The name of the curve, which RFC 5915 has in a field of its own after version and key.
  private static byte[] curve(byte[] der) throws IOException {
    var at = header(der, 0);
    for (at = next(der, next(der, at)); at < der.length; at = next(der, at)) {
      if ((der[at] & 0xff) == CURVE) {
        return java.util.Arrays.copyOfRange(der, header(der, at), next(der, at));
      }
    }
    throw new IOException("the key does not say on which curve it is");
  }

  /// Where the value of the element at this place begins.
  private static int header(byte[] der, int at) throws IOException {
    if (at + 1 >= der.length) {
      throw new IOException("the key is cut off");
    }
    var length = der[at + 1] & 0xff;
    return at + 2 + (length < 0x80 ? 0 : length - 0x80);
  }

  private static int next(byte[] der, int at) throws IOException {
    var begin = header(der, at);
    var length = der[at + 1] & 0xff;
    if (length >= 0x80) {
      length = 0;
      for (var i = at + 2; i < begin && i < der.length; i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    if (length < 0 || begin + length > der.length) {
      throw new IOException("the key is cut off");
    }
    return begin + length;
  }

  private static byte[] tagged(int tag, byte[] value) {
    var out = new ByteArrayOutputStream();
    out.write(tag);
    if (value.length < 0x80) {
      out.write(value.length);
    } else if (value.length < 0x100) {
      out.write(0x81);
      out.write(value.length);
    } else {
      out.write(0x82);
      out.write(value.length >> 8);
      out.write(value.length);
    }
    out.writeBytes(value);
    return out.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }
}
