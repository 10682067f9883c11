package dev.fleetwright.server.auth;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig2026;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import dev.fleetwright.core.secret.SealedValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;

/// Seals secret values with a key that is kept in a file outside the database (AES-256-GCM, Google
/// Tink keyset, so that keys can be added without sealing everything anew).
///
/// Each value is sealed together with whose it is and what it is called: moved to another row, it
/// does not open. The key is read when it is needed first: most starts of a server need none.
public final class SealingKey {

  /// Its name in the data folder.
  public static final String FILE = "sealing-key.json";

  private static final Configuration CONFIGURATION = AeadConfig2026.get();

  private final Path file;
  private final SealedValues values;
  private @Nullable Aead key;

  /// @param file made on first use when nothing was sealed yet
  /// @param values what was sealed so far
  public SealingKey(Path file, SealedValues values) {
    this.file = file;
    this.values = values;
  }

  /// What the key cannot do.
  public static final class KeyUnusable extends RuntimeException {
    private static final long serialVersionUID = 1;

    KeyUnusable(String what, Throwable cause) {
      super(what, cause);
    }
  }

  /// Find out now, at the start, whether what is sealed can be opened.
  ///
  /// @throws KeyUnusable when it cannot: the file is missing, damaged or another installation's
  public void check() {
    values
        .any()
        .ifPresent(any ->
            values
                .find(any.scope(), any.name())
                .ifPresent(sealed -> open(any.scope(), any.name(), sealed)));
  }

  byte[] seal(String scope, String name, byte[] value) {
    try {
      return key().encrypt(value, context(scope, name));
    } catch (GeneralSecurityException e) {
      throw new KeyUnusable("sealing `%s` of `%s` with %s".formatted(name, scope, file), e);
    }
  }

  byte[] open(String scope, String name, byte[] sealed) {
    try {
      return key().decrypt(sealed, context(scope, name));
    } catch (GeneralSecurityException e) {
      throw new KeyUnusable(
          "opening `%s` of `%s` with %s: put back the file that it was sealed with"
              .formatted(name, scope, file),
          e);
    }
  }

  private synchronized Aead key() throws GeneralSecurityException {
    if (key == null) {
      try {
        key = keyset().getPrimitive(CONFIGURATION, Aead.class);
      } catch (IOException e) {
        throw new KeyUnusable(
            "reading the sealing key " + file + ": put back the file that was there", e);
      }
    }
    return key;
  }

  private KeysetHandle keyset() throws GeneralSecurityException, IOException {
    if (Files.notExists(file) && values.any().isEmpty()) {
      var fresh = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, CONFIGURATION);
      OwnerOnlyFile.write(
          file,
          TinkJsonProtoKeysetFormat.serializeKeyset(
                  fresh, CONFIGURATION, InsecureSecretKeyAccess.get())
              .getBytes(StandardCharsets.UTF_8));
    }
    return TinkJsonProtoKeysetFormat.parseKeyset(
        Files.readString(file), CONFIGURATION, InsecureSecretKeyAccess.get());
  }

  /// Not ambiguous: neither part can hold the character between them.
  private static byte[] context(String scope, String name) {
    if (scope.indexOf('\0') >= 0 || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a scope or name with a NUL character");
    }
    return (scope + '\0' + name).getBytes(StandardCharsets.UTF_8);
  }
}
