package dev.fleetwright.core.artifact;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The SHA-256 of some content; the only name of content that cannot be moved.
///
/// @param hex 64 lower-case hexadecimal digits
public record Digest(String hex) implements Comparable<Digest> {

  private static final int DIGITS = 64;
  private static final String PREFIX = "sha256:";

  public Digest {
    if (!isOne(hex)) {
      throw new IllegalArgumentException("not a SHA-256 digest: " + hex);
    }
  }

  // Not a regular expression: a thousand digests are read to show one page.
  private static boolean isOne(String hex) {
    for (var i = 0; i < hex.length(); i++) {
      var digit = hex.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return hex.length() == DIGITS;
  }

  /// The digest of these bytes.
  public static Digest of(byte[] bytes) {
    return new Digest(HexFormat.of().formatHex(sha256().digest(bytes)));
  }

  /// The digest that a finished [#sha256] has computed.
  public static Digest of(MessageDigest finished) {
    return new Digest(HexFormat.of().formatHex(finished.digest()));
  }

  /// Read `sha256:…` or bare hexadecimal digits.
  ///
  /// @throws IllegalArgumentException if it is neither
  public static Digest parse(String text) {
    return new Digest(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
  }

  /// A fresh SHA-256 to feed content to.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /// The first twelve digits, for people; never for comparing.
  public String brief() {
    return hex.substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return hex.compareTo(other.hex);
  }

  /// As OCI writes it: `sha256:` and the digits.
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
