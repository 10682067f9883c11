package dev.fleetwright.adapters.ssh;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/// Reads the private key that a target logs in with: OpenSSH's own format or PEM.
final class LoginKey {

  private static final long LARGEST_FILE = 64 << 10;

  private LoginKey() {}

  /// Read a key.
  ///
  /// @param passphrase the file whose first line it is, for a key that is encrypted
  /// @throws NotLetIn if there is no usable key; the message says what to do
  static KeyPair read(Path file, Optional<Path> passphrase) throws IOException {
    try {
      var secret = passphrase.isEmpty() ? null : firstLine(passphrase.get());
      var asked = new boolean[1];
      FilePasswordProvider passwords =
          (_, _, _) -> {
            asked[0] = true;
            return secret;
          };
      return pair(file, bytes(file), passwords, asked, passphrase.isPresent());
    } catch (NoSuchFileException | FileNotFoundException e) {
      throw new NotLetIn(
          "there is no file " + e.getMessage() + "; `key` and `passphrase` name files");
    }
  }

  private static KeyPair pair(
      Path file,
      byte[] bytes,
      FilePasswordProvider passwords,
      boolean[] asked,
      boolean havePassphrase)
      throws IOException {
    try {
      var pairs =
          SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName(file.toString()),
              new ByteArrayInputStream(bytes),
              passwords);
      if (pairs != null) {
        for (var pair : pairs) {
          return pair;
        }
      }
      throw new NotLetIn(file + " holds no private key in OpenSSH's format or PEM");
    } catch (GeneralSecurityException | RuntimeException e) {
      throw unreadable(file, asked[0], havePassphrase);
    } catch (NotLetIn e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(file, asked[0], havePassphrase);
    }
  }

  // The cause is left out: it may quote the file.
  private static NotLetIn unreadable(Path file, boolean encrypted, boolean havePassphrase) {
    if (!encrypted) {
      return new NotLetIn(
          file + " holds no private key that can be read; write it in OpenSSH's format");
    }
    return havePassphrase
        ? new NotLetIn("the passphrase does not open " + file)
        : new NotLetIn(
            file + " is encrypted; name the file of its passphrase with `passphrase: file:/path`");
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE) {
      throw new NotLetIn(file + " is too large for a private key");
    }
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        throw new NotLetIn(file + " can be read by everybody; run `chmod 600 " + file + "`");
      }
    } catch (UnsupportedOperationException e) {
      // No POSIX permissions here; nothing to check.
    }
    return Files.readAllBytes(file);
  }

  private static String firstLine(Path file) throws IOException {
    return Files.readString(file).lines().findFirst().orElse("");
  }
}
