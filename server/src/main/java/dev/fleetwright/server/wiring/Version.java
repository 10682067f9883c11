package dev.fleetwright.server.wiring;

import java.util.Optional;

/// Which release this is.
final class Version {

  /// From the jar's manifest; `dev` when run from class folders.
  static final String TEXT =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion()).orElse("dev");

  private Version() {}
}
