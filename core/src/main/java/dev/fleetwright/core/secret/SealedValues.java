package dev.fleetwright.core.secret;

import java.time.Instant;
import java.util.Optional;

/// Secret values that were encrypted before they came here. The key is kept elsewhere: what this
/// holds, and every backup of it, is of no use without.
public interface SealedValues {

  /// Keep a value; takes the place of an earlier one of that name.
  ///
  /// @param scope whose it is, such as `shop`
  /// @param name such as `webhook`
  void put(String scope, String name, byte[] sealed, Instant at);

  /// One value.
  Optional<byte[]> find(String scope, String name);

  /// The name of any value, to check a key against; empty when nothing is kept.
  Optional<Name> any();

  /// What a value is sealed to.
  record Name(String scope, String name) {}
}
