package dev.fleetwright.kubernetes.client;

import dev.fleetwright.core.secret.Secret;
import java.io.IOException;
import java.util.Optional;

/// How requests prove who sends them.
public interface Credentials {

  /// The value of the `Authorization` header; empty when the TLS certificate is the proof.
  Optional<Secret> authorization() throws IOException;

  /// The server does not believe it any more: read the file again, run the plugin again.
  void renew() throws IOException;
}
