package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Makes the first administrator's token when there is none at all, so that nothing is ever open
/// without one.
///
/// It is returned to be printed once, and written to a file that only the account which runs the
/// server can read, where the command line on the same machine finds it. The file is written before
/// the token counts: a crash in between leaves a file with a token that opens nothing, and the next
/// start writes a new one.
public final class FirstToken {

  /// Its name in the data folder.
  public static final String FILE = "admin-token";

  private static final String NAME = "root";

  private FirstToken() {}

  /// Make it if there is no token.
  ///
  /// @param data the data folder
  /// @return the token, if this call made it
  public static Optional<Secret> ensure(Tokens tokens, Path data, java.time.Clock clock) {
    if (!tokens.all().isEmpty()) {
      return Optional.empty();
    }
    var secret = RandomText.with(TokenDoor.PREFIX);
    var file = data.resolve(FILE);
    try {
      OwnerOnlyFile.write(file, (secret.reveal() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("writing the first administrator's token to " + file, e);
    }
    tokens.add(NAME, RandomText.hash(secret.reveal()), Actor.ENGINE, clock.instant());
    return Optional.of(secret);
  }
}
